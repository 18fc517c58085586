using System.Collections.Concurrent;
using Nashi.Encoding;

namespace Nashi.Dht.Connecting;

/// <summary>The servers of one node, by the target they are found under. Thread-safe.</summary>
internal sealed class ServerRegistry
{
    private readonly ConcurrentDictionary<Bytes32, DhtServer> _servers = new();

    /// <summary>Every server.</summary>
    public IEnumerable<DhtServer> All => _servers.Values;

    /// <summary>Adds a server.</summary>
    /// <returns>False when another one has the target.</returns>
    public bool TryAdd(Bytes32 target, DhtServer server) => _servers.TryAdd(target, server);

    /// <summary>Removes a server.</summary>
    public void Remove(Bytes32 target) => _servers.TryRemove(target, out _);

    /// <summary>Finds a server.</summary>
    public DhtServer? Find(Bytes32 target) => _servers.GetValueOrDefault(target);
}
