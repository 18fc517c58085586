using Nashi.Hypercore.Replication;
using Nashi.Protomux;
using Nashi.SecretStream;

namespace Nashi.Hypercore.Tests.Replication;

/// <summary>Two ends of an in-memory connection, each with a mux and its replication.</summary>
internal sealed class Wire : IAsyncDisposable
{
    public Wire(Func<Nashi.Encoding.DiscoveryKey, ValueTask>? leftOpening = null, Func<Nashi.Encoding.DiscoveryKey, ValueTask>? rightOpening = null)
    {
        var pair = MessageStreamPair.CreateInMemory();
        Left = new CoreReplication(new Mux(pair.Initiator), leftOpening);
        Right = new CoreReplication(new Mux(pair.Responder), rightOpening);
    }

    public CoreReplication Left { get; }

    public CoreReplication Right { get; }

    public static Wire Between(Replicator left, Replicator right)
    {
        var wire = new Wire();
        _ = wire.Left.Attach(left);
        _ = wire.Right.Attach(right);
        wire.Start();
        return wire;
    }

    public void Start()
    {
        Left.Mux.Start();
        Right.Mux.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await Left.Mux.DisposeAsync();
        await Right.Mux.DisposeAsync();
    }
}
