using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Nashi.Dht;

/// <summary>The interfaces of this machine, as the operating system tells.</summary>
public sealed class SystemNetworkWatch : INetworkWatch
{
    private readonly Lock _gate = new();
    private Action? _changed;

    private SystemNetworkWatch()
    {
    }

    /// <summary>The only one.</summary>
    public static SystemNetworkWatch Instance { get; } = new();

    /// <inheritdoc />
    public event Action? Changed
    {
        add
        {
            lock (_gate)
            {
                if (_changed is null) Listen(true);
                _changed += value;
            }
        }

        remove
        {
            lock (_gate)
            {
                if (_changed is null) return;
                _changed -= value;
                if (_changed is null) Listen(false);
            }
        }
    }

    /// <inheritdoc />
    public IReadOnlyList<IPAddress> GetAddresses()
    {
        try
        {
            return
            [
                .. NetworkInterface.GetAllNetworkInterfaces()
                    .Where(card => card.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown && card.NetworkInterfaceType != NetworkInterfaceType.Loopback)
                    .SelectMany(card => card.GetIPProperties().UnicastAddresses)
                    .Select(address => address.Address)
                    .Where(address => address.AddressFamily == AddressFamily.InterNetwork),
            ];
        }
        catch (NetworkInformationException)
        {
            // An interface went while it was looked at: the next look will tell.
            return [];
        }
    }

    // Some systems (containers without netlink) cannot tell: asking now and then has to do.
    private void Listen(bool on)
    {
        try
        {
            if (on) NetworkChange.NetworkAddressChanged += Raise;
            else NetworkChange.NetworkAddressChanged -= Raise;
        }
        catch (Exception error) when (error is NetworkInformationException or PlatformNotSupportedException)
        {
        }
    }

    private void Raise(object? sender, EventArgs e) => _changed?.Invoke();
}
