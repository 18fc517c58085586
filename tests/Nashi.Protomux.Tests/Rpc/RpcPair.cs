using Nashi.Protomux.Rpc;
using Nashi.SecretStream;

namespace Nashi.Protomux.Tests.Rpc;

/// <summary>Two sides in one process.</summary>
internal sealed class RpcPair : IAsyncDisposable
{
    public RpcPair(RpcOptions? left = null, RpcOptions? right = null, Action<MuxRpc>? answering = null, int highWaterMark = 256 * 1024)
    {
        var streams = MessageStreamPair.CreateInMemory(highWaterMark: highWaterMark);
        (LeftMux, RightMux) = (new Mux(streams.Initiator), new Mux(streams.Responder));
        Left = MuxRpc.Open(LeftMux, left);
        Right = MuxRpc.Open(RightMux, right, answering);
        LeftMux.Start();
        RightMux.Start();
    }

    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    public Mux LeftMux { get; }

    public Mux RightMux { get; }

    /// <summary>The side that asks.</summary>
    public MuxRpc Left { get; }

    /// <summary>The side that answers.</summary>
    public MuxRpc Right { get; }

    public async ValueTask DisposeAsync()
    {
        await LeftMux.DisposeAsync();
        await RightMux.DisposeAsync();
    }
}
