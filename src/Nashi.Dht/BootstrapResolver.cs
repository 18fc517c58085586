using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Nashi.Datagrams;

namespace Nashi.Dht;

/// <summary>Turns the names of DHT nodes into addresses.</summary>
/// <remarks>Understood: <c>1.2.3.4:49737</c>, <c>name:49737</c> and <c>1.2.3.4@name:49737</c> (the address is used, the name says whose it is).</remarks>
public static class BootstrapResolver
{
    /// <summary>Resolves all that can be; at least one must.</summary>
    /// <exception cref="InvalidBootstrapException">A text is malformed, or nothing could be resolved.</exception>
    public static async ValueTask<IReadOnlyList<UdpAddress>> ResolveAsync(IEnumerable<string> nodes, CancellationToken cancellationToken = default)
    {
        var (found, unknown) = await TryResolveAsync(nodes, cancellationToken).ConfigureAwait(false);
        return found.Count > 0 || unknown.Count == 0
            ? found
            : throw new InvalidBootstrapException($"No address was found for {string.Join(", ", unknown)}. Check the name and that DNS works, or give an address: --bootstrap 1.2.3.4:49737.");
    }

    /// <summary>Resolves what can be.</summary>
    /// <returns>The addresses, and the texts whose names could not be resolved now.</returns>
    /// <exception cref="InvalidBootstrapException">A text is malformed.</exception>
    public static async ValueTask<(IReadOnlyList<UdpAddress> Found, IReadOnlyList<string> Unknown)> TryResolveAsync(
        IEnumerable<string> nodes, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        var found = new List<UdpAddress>();
        var unknown = new List<string>();
        foreach (var (node, host, port) in nodes.Select(node => (node, Split(node).Host, Split(node).Port)).ToArray())
        {
            if (IPAddress.TryParse(host, out var address)) found.Add(UdpAddress.From(new IPEndPoint(address, port)));
            else if (await LookUpAsync(host, cancellationToken).ConfigureAwait(false) is { } resolved) found.Add(UdpAddress.From(new IPEndPoint(resolved, port)));
            else unknown.Add(node);
        }

        return (found, unknown);
    }

    /// <summary>Whether all texts are well-formed.</summary>
    /// <exception cref="InvalidBootstrapException">One is not.</exception>
    public static void Check(IEnumerable<string> nodes)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        foreach (var node in nodes) _ = Split(node);
    }

    private static (string Host, int Port) Split(string node)
    {
        var rest = node.Trim();
        var colon = rest.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(rest[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is 0 or > ushort.MaxValue)
        {
            throw new InvalidBootstrapException($"'{node}' is not host:port, such as 127.0.0.1:49737.");
        }

        var host = rest[..colon];
        var at = host.IndexOf('@');
        return (at > 0 ? host[..at] : host, port);
    }

    private static async ValueTask<IPAddress?> LookUpAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(host, AddressFamily.InterNetwork, cancellationToken).ConfigureAwait(false);
            return addresses.Length > 0 ? addresses[0] : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
