using Nashi.Datagrams;

namespace Nashi.Testing;

/// <summary>A network in virtual time for protocol cores: the same seed gives the same run. Not thread-safe.</summary>
/// <remarks>Owns nothing but the events that are still to come.</remarks>
public sealed class VirtualNetwork(IRandom random, VirtualNetworkOptions? options = null)
{
    private readonly PriorityQueue<Action<Instant>, (Instant At, long Order)> _events = new();
    private readonly Dictionary<UdpAddress, VirtualReceiver> _receivers = [];
    private long _order;

    /// <summary>How datagrams are treated from now on.</summary>
    public VirtualNetworkOptions Options { get; set; } = options ?? VirtualNetworkOptions.Default;

    /// <summary>The present moment.</summary>
    public Instant Now { get; private set; }

    /// <summary>Datagrams sent.</summary>
    public long Sent { get; private set; }

    /// <summary>Datagrams that nobody received.</summary>
    public long Lost { get; private set; }

    /// <summary>Called with each datagram that is sent; may be null.</summary>
    public Action<ReadOnlyMemory<byte>, UdpAddress, UdpAddress>? Tap { get; set; }

    /// <summary>Sets who receives at an address; null for nobody.</summary>
    public void SetReceiver(UdpAddress address, VirtualReceiver? receiver)
    {
        if (receiver is null) _receivers.Remove(address);
        else _receivers[address] = receiver;
    }

    /// <summary>Sends a datagram.</summary>
    public void Send(UdpAddress from, ReadOnlySpan<byte> datagram, UdpAddress to)
    {
        Sent++;
        var bytes = datagram.ToArray();
        Tap?.Invoke(bytes, from, to);
        if (random.NextDouble() < Options.Loss)
        {
            Lost++;
            return;
        }

        Deliver(from, bytes, to);
        if (random.NextDouble() < Options.Duplication) Deliver(from, bytes, to);
    }

    /// <summary>Runs something later.</summary>
    public void Schedule(Instant at, Action<Instant> action) => _events.Enqueue(action, (Instant.Max(at, Now), _order++));

    /// <summary>Lets time go by.</summary>
    public void Run(TimeSpan time) => RunUntil(() => false, time);

    /// <summary>Lets time go by until something is the case.</summary>
    /// <returns>False when it was not in all that time.</returns>
    public bool RunUntil(Func<bool> condition, TimeSpan patience)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var end = Now + patience;
        while (!condition())
        {
            if (!_events.TryPeek(out var next, out var key) || key.At > end)
            {
                Now = end;
                return condition();
            }

            _events.Dequeue();
            Now = key.At;
            next(Now);
        }

        return true;
    }

    private void Deliver(UdpAddress from, byte[] bytes, UdpAddress to)
    {
        var delay = Options.MinDelay + ((Options.MaxDelay - Options.MinDelay) * random.NextDouble());
        Schedule(Now + delay, now =>
        {
            if (_receivers.TryGetValue(to, out var receiver)) receiver(bytes, from, now);
            else Lost++;
        });
    }
}
