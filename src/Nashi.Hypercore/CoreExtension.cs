using Nashi.Encoding;
using Nashi.Hypercore.Replication;

namespace Nashi.Hypercore;

/// <summary>Messages of the application's own between those who replicate a core. Thread-safe; dispose it to stop receiving.</summary>
/// <remarks>Messages are neither stored nor signed: any peer may say anything. One that is not registered there is dropped.</remarks>
public sealed class CoreExtension : IDisposable
{
    /// <summary>The longest name in UTF-8 bytes.</summary>
    public const int MaxNameSize = 1024;

    private readonly Replicator _replicator;
    private readonly Action<PublicKey, ReadOnlyMemory<byte>> _received;

    internal CoreExtension(Replicator replicator, string name, Action<PublicKey, ReadOnlyMemory<byte>> received) =>
        (_replicator, Name, _received) = (replicator, name, received);

    /// <summary>What the other side calls it too.</summary>
    public string Name { get; }

    /// <summary>Sends a message to one peer; false when it does not replicate the core now, or reads too slowly.</summary>
    public bool Send(PublicKey peer, ReadOnlySpan<byte> message) => _replicator.SendExtension(Name, message, peer) > 0;

    /// <summary>Sends a message to all peers that replicate the core now; returns to how many.</summary>
    public int Broadcast(ReadOnlySpan<byte> message) => _replicator.SendExtension(Name, message, null);

    /// <summary>Stops receiving.</summary>
    public void Dispose() => _replicator.RemoveExtension(this);

    internal void Receive(PublicKey peer, ReadOnlyMemory<byte> message) => _received(peer, message);
}
