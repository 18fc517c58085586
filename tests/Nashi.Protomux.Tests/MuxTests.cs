using Nashi.SecretStream;

namespace Nashi.Protomux.Tests;

public sealed class MuxTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Channel_BothOpen_MessagesFlowBothWays()
    {
        await using var pair = new MuxPair();
        var (left, right) = (new Recorder(), new Recorder());
        var a = pair.A.TryOpen(Options("p", left, handshake: [1, 2]))!;
        var b = pair.B.TryOpen(Options("p", right, handshake: [3]))!;
        pair.Start();
        Assert.True(a.Send(0, "hi"u8));
        Assert.True(b.Send(7, []));
        Assert.Equal("open 03", await left.NextAsync());
        Assert.Equal("message 7", await left.NextAsync());
        Assert.Equal("open 0102", await right.NextAsync());
        Assert.Equal("message 0 6869", await right.NextAsync());
        Assert.True(a.IsOpened);
        a.Close();
        a.Close();
        Assert.False(a.Send(0, [1]));
        Assert.Equal("close local", await left.NextAsync());
        Assert.Equal("close remote", await right.NextAsync());
    }

    [Fact]
    public async Task Channel_NobodyWantsIt_IsRejected()
    {
        await using var pair = new MuxPair();
        var left = new Recorder();
        _ = pair.A.TryOpen(Options("p", left));
        pair.Start();
        Assert.Equal("close remote", await left.NextAsync());
        Assert.False(pair.A.HasOpen("p", null));
    }

    [Fact]
    public async Task Pair_AskedLate_OpensAndGetsWhatWasSentBefore()
    {
        await using var pair = new MuxPair();
        var (left, right) = (new Recorder(), new Recorder());
        var asked = new TaskCompletionSource<byte[]?>();
        var decide = new TaskCompletionSource();
        pair.B.Pair("p", null, async id =>
        {
            asked.SetResult(id?.ToArray());
            await decide.Task;
            _ = pair.B.TryOpen(Options("p", right, id: [5]));
        });
        var a = pair.A.TryOpen(Options("p", left, id: [5]))!;
        _ = a.Send(1, [9]);
        pair.Start();
        Assert.Equal([5], (await asked.Task.WaitAsync(Patience))!);
        decide.SetResult();
        Assert.Equal("open", await right.NextAsync());
        Assert.Equal("message 1 09", await right.NextAsync());
        Assert.Equal("open", await left.NextAsync());
    }

    [Fact]
    public async Task Pair_Unpaired_IsRejectedAgain()
    {
        await using var pair = new MuxPair();
        pair.B.Pair("p", null, _ => throw new InvalidOperationException());
        pair.B.Unpair("p", null);
        var left = new Recorder();
        _ = pair.A.TryOpen(Options("p", left));
        pair.Start();
        Assert.Equal("close remote", await left.NextAsync());
        Assert.False(pair.B.Closed.IsCompleted);
    }

    [Fact]
    public async Task Pair_Throws_ClosesTheConnection()
    {
        await using var pair = new MuxPair();
        pair.B.Pair("p", null, _ => throw new InvalidOperationException());
        _ = pair.A.TryOpen(Options("p", new Recorder()));
        pair.Start();
        Assert.Equal(CloseKind.HandlerFailed, (await pair.B.Closed.WaitAsync(Patience)).Kind);
    }

    [Fact]
    public async Task Handler_Throws_ClosesTheConnection()
    {
        await using var pair = new MuxPair();
        var left = new Recorder();
        var a = pair.A.TryOpen(Options("p", left))!;
        _ = pair.B.TryOpen(Options("p", new Recorder { Message = (_, _, _) => throw new InvalidOperationException("ours") }));
        pair.Start();
        _ = a.Send(0, [1]);
        var reason = await pair.B.Closed.WaitAsync(Patience);
        Assert.Equal(CloseKind.HandlerFailed, reason.Kind);
        Assert.Equal("ours", reason.Error!.Message);
        Assert.Equal("open", await left.NextAsync());
        Assert.Equal("close remote", await left.NextAsync());
        _ = await pair.A.Closed.WaitAsync(Patience);
    }

    [Fact]
    public async Task Handler_ThrowsOnItsClosedChannel_HarmsNobody()
    {
        await using var pair = new MuxPair();
        var left = new Recorder();
        var a = pair.A.TryOpen(Options("p", left))!;
        _ = pair.B.TryOpen(Options("p", new Recorder
        {
            Message = (channel, _, _) =>
            {
                channel.Close();
                throw new InvalidOperationException();
            },
        }));
        pair.Start();
        _ = a.Send(0, [1]);
        Assert.Equal("open", await left.NextAsync());
        Assert.Equal("close remote", await left.NextAsync());
        Assert.False(pair.B.Closed.IsCompleted);
    }

    [Fact]
    public async Task Handler_Slow_HoldsTheRemoteBack()
    {
        await using var pair = new MuxPair();
        var gate = new TaskCompletionSource();
        var drained = new TaskCompletionSource();
        var left = new Recorder { Drained = _ => drained.TrySetResult() };
        var a = pair.A.TryOpen(Options("p", left))!;
        _ = pair.B.TryOpen(Options("p", new Recorder { Message = (_, _, _) => new ValueTask(gate.Task) }));
        pair.Start();
        var sent = 0;
        while (a.Send(0, new byte[10_000])) Assert.True(++sent < 1000);
        Assert.False(drained.Task.IsCompleted);
        gate.SetResult();
        await drained.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task Replies_ToABatch_AreOneFrame()
    {
        var streams = MessageStreamPair.CreateInMemory();
        await using var mux = new Mux(streams.Responder);
        _ = mux.TryOpen(Options("p", new Recorder
        {
            Message = (channel, type, payload) =>
            {
                _ = channel.Send(type, payload);
                return default;
            },
        }));
        mux.Start();
        _ = streams.Initiator.Write(Convert.FromHexString("000101017000"));
        _ = streams.Initiator.Write(Convert.FromHexString("000001" + "020061" + "020162" + "020263"));
        Assert.Equal("000101017000", Convert.ToHexString((await streams.Initiator.ReadAsync()).Message.Span).ToLowerInvariant());
        var reply = Convert.ToHexString((await streams.Initiator.ReadAsync().AsTask().WaitAsync(Patience)).Message.Span);
        Assert.Equal("000001" + "020061" + "020162" + "020263", reply);
    }

    [Fact]
    public async Task Violation_OfTheRemote_ClosesTyped()
    {
        var streams = MessageStreamPair.CreateInMemory();
        await using var mux = new Mux(streams.Responder);
        var recorder = new Recorder();
        _ = mux.TryOpen(Options("p", recorder));
        mux.Start();
        _ = streams.Initiator.Write(Convert.FromHexString("00000003000000"));
        Assert.Equal(CloseKind.ProtocolViolation, (await mux.Closed.WaitAsync(Patience)).Kind);
        Assert.Equal("close remote", await recorder.NextAsync());
    }

    [Fact]
    public async Task DisposeAsync_EitherSide_TellsBothAndIsIdempotent()
    {
        await using var pair = new MuxPair();
        var (left, right) = (new Recorder(), new Recorder());
        _ = pair.A.TryOpen(Options("p", left));
        _ = pair.B.TryOpen(Options("p", right));
        pair.Start();
        Assert.Equal("open", await left.NextAsync());
        Assert.Equal("open", await right.NextAsync());
        await pair.A.DisposeAsync();
        await pair.A.DisposeAsync();
        Assert.Equal("close local", await left.NextAsync());
        Assert.Equal("close remote", await right.NextAsync());
        Assert.Equal(CloseKind.Local, (await pair.A.Closed.WaitAsync(Patience)).Kind);
        _ = await pair.B.Closed.WaitAsync(Patience);
        Assert.Null(pair.A.TryOpen(Options("q", new Recorder())));
    }

    [Fact]
    public async Task DisposeAsync_BeforeStart_TellsHandlers()
    {
        var pair = new MuxPair();
        var left = new Recorder();
        _ = pair.A.TryOpen(Options("p", left));
        await pair.A.DisposeAsync();
        Assert.Equal("close local", await left.NextAsync());
        await pair.B.DisposeAsync();
    }

    [Fact]
    public async Task Channels_Many_EachOnItsOwn()
    {
        await using var pair = new MuxPair();
        const int Count = 300;
        var recorders = Enumerable.Range(0, Count).Select(_ => new Recorder()).ToArray();
        var channels = Enumerable.Range(0, Count).Select(i => pair.A.TryOpen(Options("p", new Recorder(), id: [(byte)i, (byte)(i >> 8)]))!).ToArray();
        for (var i = Count - 1; i >= 0; i--) _ = pair.B.TryOpen(Options("p", recorders[i], id: [(byte)i, (byte)(i >> 8)]));
        pair.Start();
        for (var i = 0; i < Count; i++) _ = channels[i].Send(i, []);
        for (var i = 0; i < Count; i++)
        {
            Assert.Equal("open", await recorders[i].NextAsync());
            Assert.Equal($"message {i}", await recorders[i].NextAsync());
        }
    }

    [Fact]
    public async Task Send_FromManyThreads_KeepsEachOnesOrder()
    {
        await using var pair = new MuxPair();
        var got = new List<byte[]>();
        var done = new TaskCompletionSource();
        var a = pair.A.TryOpen(Options("p", new Recorder()))!;
        _ = pair.B.TryOpen(Options("p", new Recorder
        {
            Message = (_, _, payload) =>
            {
                got.Add(payload);
                if (got.Count == 8000) done.SetResult();
                return default;
            },
        }));
        pair.Start();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 2000; i++) _ = a.Send(0, [(byte)thread, (byte)i, (byte)(i >> 8)]);
        })));
        await done.Task.WaitAsync(Patience);
        for (var thread = 0; thread < 4; thread++)
        {
            Assert.Equal(Enumerable.Range(0, 2000), got.Where(m => m[0] == thread).Select(m => m[1] | (m[2] << 8)));
        }
    }

    [Fact]
    public async Task TryOpen_TooLongNames_Throws()
    {
        await using var pair = new MuxPair();
        _ = Assert.Throws<ArgumentException>(() => pair.A.TryOpen(Options(new string('x', 1025), new Recorder())));
        _ = Assert.Throws<ArgumentException>(() => pair.A.TryOpen(Options("p", new Recorder(), id: new byte[4097])));
        _ = Assert.Throws<ArgumentException>(() => pair.A.TryOpen(Options("p", new Recorder(), handshake: new byte[65536])));
    }

    private static ChannelOptions Options(string protocol, IChannelHandler handler, byte[]? id = null, byte[]? handshake = null) =>
        new() { Protocol = protocol, Id = id is null ? null : id.AsMemory(), Handshake = handshake, Handler = handler };

    private sealed class MuxPair : IAsyncDisposable
    {
        public MuxPair()
        {
            var streams = MessageStreamPair.CreateInMemory();
            (A, B) = (new Mux(streams.Initiator), new Mux(streams.Responder));
        }

        public Mux A { get; }

        public Mux B { get; }

        public void Start()
        {
            A.Start();
            B.Start();
        }

        public async ValueTask DisposeAsync()
        {
            await A.DisposeAsync();
            await B.DisposeAsync();
        }
    }
}
