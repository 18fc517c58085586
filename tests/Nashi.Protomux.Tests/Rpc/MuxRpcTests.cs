using System.Collections.Concurrent;
using Nashi.Encoding;
using Nashi.Protomux.Rpc;
using Nashi.SecretStream;
using Nashi.Testing;

namespace Nashi.Protomux.Tests.Rpc;

public sealed class MuxRpcTests
{
    private static readonly RpcMethod<string, string> Greet = new("greet", RpcCodec.Text, RpcCodec.Text);
    private static readonly RpcMethod<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> Echo = new("echo", RpcCodec.Raw, RpcCodec.Raw);

    private static TimeSpan Patience => RpcPair.Patience;

    [Fact]
    public async Task RequestAsync_Known_IsAnsweredBothWays()
    {
        await using var pair = new RpcPair(answering: rpc => rpc.Respond(Greet, (name, _) => ValueTask.FromResult($"hi {name}")));
        pair.Left.Respond("plain", (value, _) => ValueTask.FromResult(value));
        Assert.Equal("hi you", await pair.Left.RequestAsync(Greet, "you").WaitAsync(Patience));
        Assert.Equal([1, 2], (await pair.Right.RequestAsync("plain", new byte[] { 1, 2 }).WaitAsync(Patience))!.Value.ToArray());
        Assert.Null(await pair.Right.RequestAsync("plain", null).WaitAsync(Patience));
    }

    [Fact]
    public async Task RequestAsync_Unknown_SaysSo()
    {
        await using var pair = new RpcPair(answering: rpc => rpc.Respond(Greet, (name, _) => ValueTask.FromResult(name)));
        Assert.True(pair.Right.Unrespond("greet"));
        Assert.False(pair.Right.Unrespond("greet"));
        var error = await Assert.ThrowsAsync<RpcRemoteException>(() => pair.Left.RequestAsync(Greet, "x").WaitAsync(Patience));
        Assert.Equal(RpcErrorCodes.UnknownMethod, error.Code);
        Assert.Equal("Unknown method 'greet'", error.Error.Message);
    }

    [Theory]
    [InlineData(false, "The handler failed.")]
    [InlineData(true, "secret")]
    public async Task RequestAsync_HandlerThrows_TellsNoMoreThanAllowed(bool reveals, string expected)
    {
        await using var pair = new RpcPair(
            right: new() { RevealsFailures = reveals },
            answering: rpc => rpc.Respond(Greet, (_, _) => throw new InvalidOperationException("secret")));
        var error = await Assert.ThrowsAsync<RpcRemoteException>(() => pair.Left.RequestAsync(Greet, "x").WaitAsync(Patience));
        Assert.Equal(RpcErrorCodes.RequestError, error.Code);
        Assert.Equal(new RpcErrorCause(expected), error.RemoteCause);
        Assert.False(pair.Right.IsClosed);
    }

    [Fact]
    public async Task RequestAsync_HandlerFaults_TellsAll()
    {
        await using var pair = new RpcPair(answering: rpc => rpc.Respond(Greet, (_, _) => throw new RpcFaultException("boom", "E_BOOM", "here")));
        var error = await Assert.ThrowsAsync<RpcRemoteException>(() => pair.Left.RequestAsync(Greet, "x").WaitAsync(Patience));
        Assert.Equal(new RpcErrorCause("boom", "E_BOOM", "here"), error.RemoteCause);
    }

    [Fact]
    public async Task RequestAsync_NotDecodable_SaysSoOnEitherSide()
    {
        await using var pair = new RpcPair(answering: rpc =>
        {
            rpc.Respond(new RpcMethod<string, string>("text", RpcCodec.Text, RpcCodec.Text), (value, _) => ValueTask.FromResult(value));
            rpc.Respond(Echo, (value, _) => ValueTask.FromResult(value));
            rpc.Respond(new RpcMethod<string, ulong>("huge", RpcCodec.Text, RpcCodec.UInt), (_, _) => ValueTask.FromResult(ulong.MaxValue));
        });
        var theirs = await Assert.ThrowsAsync<RpcRemoteException>(() =>
            pair.Left.RequestAsync(new RpcMethod<ReadOnlyMemory<byte>, string>("text", RpcCodec.Raw, RpcCodec.Text), new byte[] { 5 }).WaitAsync(Patience));
        Assert.Equal(RpcErrorCodes.DecodeError, theirs.Code);
        var ours = await Assert.ThrowsAsync<RpcDecodeException>(() =>
            pair.Left.RequestAsync(new RpcMethod<ReadOnlyMemory<byte>, string>("echo", RpcCodec.Raw, RpcCodec.Text), new byte[] { 5 }).WaitAsync(Patience));
        Assert.Equal(RpcErrorCodes.DecodeError, ours.Code);
        var encoding = await Assert.ThrowsAsync<RpcRemoteException>(() =>
            pair.Left.RequestAsync(new RpcMethod<string, ulong>("huge", RpcCodec.Text, RpcCodec.UInt), "x").WaitAsync(Patience));
        Assert.Equal(RpcErrorCodes.EncodeError, encoding.Code);
    }

    [Fact]
    public async Task RequestAsync_NoAnswer_TimesOutOnTime()
    {
        var clock = new VirtualClock();
        var asked = new TaskCompletionSource();
        await using var pair = new RpcPair(
            left: new() { TimeProvider = clock, RequestTimeout = TimeSpan.FromSeconds(5) },
            answering: rpc => rpc.Respond(Greet, (_, ct) => Never(asked, ct)));
        var request = pair.Left.RequestAsync(Greet, "x");
        var longer = pair.Left.RequestAsync(Greet, "x", TimeSpan.FromMinutes(1));
        await asked.Task.WaitAsync(Patience);
        clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(request.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.2));
        var error = await Assert.ThrowsAsync<RpcTimeoutException>(() => request.WaitAsync(Patience));
        Assert.Equal((RpcErrorCodes.TimeoutExceeded, TimeSpan.FromSeconds(5), true), (error.Code, error.Timeout, error.IsTransient));
        Assert.False(longer.IsCompleted);
        clock.Advance(TimeSpan.FromMinutes(1));
        _ = await Assert.ThrowsAsync<RpcTimeoutException>(() => longer.WaitAsync(Patience));
    }

    [Fact]
    public async Task RequestAsync_WaitingForItsTurn_CountsAgainstItsTime()
    {
        var clock = new VirtualClock();
        var asked = new TaskCompletionSource();
        await using var pair = new RpcPair(
            left: new() { TimeProvider = clock, MaxRequests = 1, MaxWaitingRequests = 1, RequestTimeout = Timeout.InfiniteTimeSpan },
            answering: rpc => rpc.Respond(Greet, (_, ct) => Never(asked, ct)));
        var first = pair.Left.RequestAsync(Greet, "x");
        await asked.Task.WaitAsync(Patience);
        var second = pair.Left.RequestAsync(Greet, "y", TimeSpan.FromSeconds(1));
        _ = await Assert.ThrowsAsync<RpcLimitException>(() => pair.Left.RequestAsync(Greet, "z"));
        clock.Advance(TimeSpan.FromSeconds(2));
        _ = await Assert.ThrowsAsync<RpcTimeoutException>(() => second.WaitAsync(Patience));
        Assert.False(first.IsCompleted);
    }

    [Fact]
    public async Task RequestAsync_Cancelled_StopsWaitingAndOthersGoOn()
    {
        var asked = new TaskCompletionSource();
        await using var pair = new RpcPair(answering: rpc =>
        {
            rpc.Respond(Greet, (_, ct) => Never(asked, ct));
            rpc.Respond(Echo, (value, _) => ValueTask.FromResult(value));
        });
        using var cancel = new CancellationTokenSource();
        var request = pair.Left.RequestAsync(Greet, "x", cancellationToken: cancel.Token);
        await asked.Task.WaitAsync(Patience);
        await cancel.CancelAsync();
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request.WaitAsync(Patience));
        Assert.Equal(cancel.Token, error.CancellationToken);
        Assert.Equal([7], (await pair.Left.RequestAsync(Echo, new byte[] { 7 }).WaitAsync(Patience)).ToArray());
    }

    [Fact]
    public async Task SendEventAsync_ReachesHandlersInOrder()
    {
        var seen = new ConcurrentQueue<ulong>();
        var done = new TaskCompletionSource();
        var note = new RpcMethod<ulong, ulong>("note", RpcCodec.UInt, RpcCodec.UInt);
        await using var pair = new RpcPair(answering: rpc => rpc.Respond(note, (value, _) =>
        {
            seen.Enqueue(value);
            if (value == 999) done.SetResult();
            return value % 2 == 0 ? ValueTask.FromResult(value) : throw new InvalidOperationException();
        }));
        for (var i = 0UL; i < 1000; i++) await pair.Left.SendEventAsync(note, i);
        await done.Task.WaitAsync(Patience);
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (ulong)i), seen);
        await pair.Left.SendEventAsync("unknown", null);
        Assert.False(pair.Left.IsClosed);
    }

    [Fact]
    public async Task RequestAsync_ManyAtOnce_AllAnsweredWithinTheLimits()
    {
        var (running, most) = (0, 0);
        await using var pair = new RpcPair(
            left: new() { MaxRequests = 64, MaxWaitingRequests = 10_000 },
            right: new() { MaxHandlers = 8 },
            highWaterMark: 4096,
            answering: rpc => rpc.Respond(Echo, async (value, _) =>
            {
                var now = Interlocked.Increment(ref running);
                InterlockedMax(ref most, now);
                await Task.Yield();
                Interlocked.Decrement(ref running);
                return value;
            }));
        var requests = Enumerable.Range(0, 2000).Select(async i =>
        {
            var value = new byte[i % 500];
            if (value.Length > 0) value[^1] = (byte)i;
            Assert.Equal(value, (await pair.Left.RequestAsync(Echo, value)).ToArray());
        });
        await Task.WhenAll(requests).WaitAsync(Patience);
        Assert.InRange(most, 1, 8);
    }

    [Fact]
    public async Task Remote_AsksTooMuch_IsRefusedAndServedAgainLater()
    {
        var gate = new TaskCompletionSource();
        await using var pair = new RpcPair(
            left: new() { MaxRequests = 100 },
            right: new() { MaxHandlers = 1, MaxQueuedRequests = 2 },
            answering: rpc => rpc.Respond(Echo, async (value, ct) =>
            {
                await gate.Task.WaitAsync(ct);
                return value;
            }));
        var requests = Enumerable.Range(0, 50).Select(i => pair.Left.RequestAsync(Echo, new byte[] { (byte)i })).ToArray();
        var refused = await Assert.ThrowsAsync<RpcRemoteException>(() => requests[^1].WaitAsync(Patience));
        Assert.Equal(RpcErrorCodes.LimitExceeded, refused.RemoteCause!.Code);
        gate.SetResult();
        Assert.Equal([0], (await requests[0].WaitAsync(Patience)).ToArray());
        _ = await Task.WhenAny(Task.WhenAll(requests)).WaitAsync(Patience);
        Assert.InRange(requests.Count(r => r.IsCompletedSuccessfully), 1, 4);
        Assert.Equal([9], (await pair.Left.RequestAsync(Echo, new byte[] { 9 }).WaitAsync(Patience)).ToArray());
    }

    [Fact]
    public async Task Values_TooLarge_AreRefusedOnEverySide()
    {
        await using var pair = new RpcPair(
            left: new() { MaxValueSize = 2000 },
            right: new() { MaxValueSize = 1000 },
            answering: rpc =>
            {
                rpc.Respond(Echo, (value, _) => ValueTask.FromResult(value));
                rpc.Respond(Echo with { Name = "large" }, (_, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(new byte[1001]));
            });
        pair.Left.Respond(Echo with { Name = "medium" }, (_, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(new byte[1500]));
        _ = await Assert.ThrowsAsync<RpcLimitException>(() => pair.Left.RequestAsync(Echo, new byte[2001]));
        var theirs = await Assert.ThrowsAsync<RpcRemoteException>(() => pair.Left.RequestAsync(Echo, new byte[1001]).WaitAsync(Patience));
        Assert.Equal(RpcErrorCodes.LimitExceeded, theirs.RemoteCause!.Code);
        var answer = await Assert.ThrowsAsync<RpcRemoteException>(() => pair.Left.RequestAsync(Echo with { Name = "large" }, new byte[1]).WaitAsync(Patience));
        Assert.Equal(RpcErrorCodes.EncodeError, answer.Code);
        _ = await Assert.ThrowsAsync<RpcLimitException>(() => pair.Right.RequestAsync(Echo with { Name = "medium" }, new byte[1]).WaitAsync(Patience));
        Assert.Equal(1000, (await pair.Left.RequestAsync(Echo, new byte[1000]).WaitAsync(Patience)).Length);
    }

    [Fact]
    public async Task Remote_AsksOnAndReadsNothing_IsShownTheDoor()
    {
        var streams = MessageStreamPair.CreateInMemory(highWaterMark: 1024);
        await using var mux = new Mux(streams.Responder);
        using var rpc = MuxRpc.Open(mux, new() { MaxQueuedRequests = 10 }, r => r.Respond(Echo, (value, _) => ValueTask.FromResult(value)));
        mux.Start();
        _ = streams.Initiator.Write(Convert.FromHexString("0001010c" + Convert.ToHexString("protomux-rpc"u8) + "00"));
        var request = Convert.FromHexString("010001046563686f").Concat(new byte[500]).ToArray();
        for (var i = 0; i < 100 && !rpc.IsClosed; i++) await streams.Initiator.WriteAsync(request).AsTask().WaitAsync(Patience);
        await rpc.Closed.WaitAsync(Patience);
        Assert.False(mux.Closed.IsCompleted);
        await streams.Initiator.DisposeAsync();
    }

    [Theory]
    [InlineData("0100")]
    [InlineData("010001ff")]
    [InlineData("0101010103")]
    public async Task Remote_SendsNonsense_OnlyTheChannelCloses(string frame)
    {
        var streams = MessageStreamPair.CreateInMemory();
        await using var mux = new Mux(streams.Responder);
        using var rpc = MuxRpc.Open(mux);
        mux.Start();
        var request = rpc.RequestAsync("x", null);
        _ = streams.Initiator.Write(Convert.FromHexString("0001010c" + Convert.ToHexString("protomux-rpc"u8) + "00"));
        _ = streams.Initiator.Write(Convert.FromHexString(frame));
        await rpc.Closed.WaitAsync(Patience);
        var error = await Assert.ThrowsAsync<RpcClosedException>(() => request.WaitAsync(Patience));
        Assert.Equal(RpcErrorCodes.ChannelClosed, error.Code);
        Assert.False(mux.Closed.IsCompleted);
        await streams.Initiator.DisposeAsync();
    }

    [Fact]
    public async Task EndAsync_UnderWay_WaitsForBothDirections()
    {
        var (gate, asked) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var pair = new RpcPair(answering: rpc => rpc.Respond(Echo, async (value, _) =>
        {
            asked.SetResult();
            await gate.Task;
            return value;
        }));
        var request = pair.Left.RequestAsync(Echo, new byte[] { 1 });
        await asked.Task.WaitAsync(Patience);
        var (left, right) = (pair.Left.EndAsync(), pair.Right.EndAsync());
        _ = await Assert.ThrowsAsync<RpcClosedException>(() => pair.Left.RequestAsync(Echo, new byte[] { 1 }));
        Assert.False(left.IsCompleted);
        Assert.False(right.IsCompleted);
        gate.SetResult();
        Assert.Equal([1], (await request.WaitAsync(Patience)).ToArray());
        await Task.WhenAll(left, right).WaitAsync(Patience);
        Assert.True(pair.Left.IsClosed);
        Assert.False(pair.LeftMux.Closed.IsCompleted);
        await pair.Left.EndAsync();
    }

    [Fact]
    public async Task Destroy_UnderWay_FailsRequestsAndCancelsHandlers()
    {
        var (asked, cancelled) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var pair = new RpcPair(answering: rpc => rpc.Respond(Greet, async (_, ct) =>
        {
            asked.SetResult();
            await using var registration = ct.Register(cancelled.SetResult);
            await cancelled.Task;
            return "";
        }));
        var request = pair.Left.RequestAsync(Greet, "x");
        await asked.Task.WaitAsync(Patience);
        var cause = new InvalidOperationException("mine");
        pair.Left.Destroy(cause);
        var error = await Assert.ThrowsAsync<RpcClosedException>(() => request.WaitAsync(Patience));
        Assert.Equal(RpcErrorCodes.ChannelDestroyed, error.Code);
        Assert.Same(cause, error.InnerException);
        await cancelled.Task.WaitAsync(Patience);
        await pair.Right.Closed.WaitAsync(Patience);
        _ = await Assert.ThrowsAsync<RpcClosedException>(() => pair.Left.RequestAsync(Greet, "x"));
        _ = await Assert.ThrowsAsync<RpcClosedException>(() => pair.Right.SendEventAsync("x", null));
        pair.Left.Dispose();
    }

    [Fact]
    public async Task Open_Twice_IsRefusedUnlessIdsDiffer()
    {
        await using var pair = new RpcPair();
        Assert.Equal(RpcErrorCodes.DuplicateChannel, Assert.Throws<RpcDuplicateException>(() => MuxRpc.Open(pair.LeftMux)).Code);
        using var other = MuxRpc.Open(pair.LeftMux, new() { Id = new byte[] { 1 } });
        Assert.Null(await other.Opened.WaitAsync(Patience));
        await other.Closed.WaitAsync(Patience);
        await pair.LeftMux.DisposeAsync();
        _ = await Assert.ThrowsAsync<RpcClosedException>(() => Task.FromResult(MuxRpc.Open(pair.LeftMux)));
    }

    [Fact]
    public async Task Opened_Handshake_IsTheRemotes()
    {
        await using var pair = new RpcPair(new() { Handshake = new byte[] { 1 } }, new() { Handshake = new byte[] { 2 } });
        Assert.Equal([2], (await pair.Left.Opened.WaitAsync(Patience))!.Value.ToArray());
        Assert.Equal([1], (await pair.Right.Opened.WaitAsync(Patience))!.Value.ToArray());
    }

    [Fact]
    public async Task Capability_Equal_OpensAndWrongOrMissingCloses()
    {
        var (key, wrong) = (new Bytes32(Enumerable.Repeat((byte)1, 32).ToArray()), new Bytes32(Enumerable.Repeat((byte)2, 32).ToArray()));
        await using var good = new RpcPair(new() { CapabilityKey = key }, new() { CapabilityKey = key });
        Assert.NotNull(await good.Left.Opened.WaitAsync(Patience));
        Assert.NotNull(await good.Right.Opened.WaitAsync(Patience));
        await using var bad = new RpcPair(new() { CapabilityKey = wrong }, new() { CapabilityKey = key });
        Assert.Null(await bad.Right.Opened.WaitAsync(Patience));
        await using var none = new RpcPair(null, new() { CapabilityKey = key });
        Assert.Null(await none.Right.Opened.WaitAsync(Patience));
        await using var thrown = new RpcPair(null, new() { VerifyHandshake = _ => throw new InvalidOperationException() });
        Assert.Null(await thrown.Right.Opened.WaitAsync(Patience));
        Assert.False(thrown.RightMux.Closed.IsCompleted);
    }

    private static async ValueTask<string> Never(TaskCompletionSource asked, CancellationToken cancellationToken)
    {
        _ = asked.TrySetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        return "";
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}
