using System.Net;

namespace Nashi.Dht;

/// <summary>Tells a node which addresses its machine has, and when that changes.</summary>
public interface INetworkWatch
{
    /// <summary>Raised, on any thread, when interfaces or addresses may have changed. Nodes ask now and then as well, for systems that do not tell.</summary>
    event Action? Changed;

    /// <summary>The IPv4 addresses of the interfaces that are up, without loopback.</summary>
    IReadOnlyList<IPAddress> GetAddresses();
}
