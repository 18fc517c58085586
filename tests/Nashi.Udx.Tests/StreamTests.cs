using Nashi.Datagrams;

namespace Nashi.Udx.Tests;

/// <summary>Streams over real sockets on 127.0.0.1.</summary>
public sealed class StreamTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly UdpAddress Loopback = UdpAddress.FromIPv4(0x7f000001, 0);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stream_BothWays_DeliversAndEnds(bool portable)
    {
        var options = new UdxOptions { Datagrams = new DatagramOptions { IsPortable = portable } };
        await using var host = new UdxHost(options);
        var (a, b) = Pair(host);
        var first = new byte[8_000_000];
        var second = new byte[3_000_000];
        new SeededRandom(1).Fill(first);
        new SeededRandom(2).Fill(second);

        var received = await Task.WhenAll(ReadAllAsync(a), ReadAllAsync(b), WriteAllAsync(a, first), WriteAllAsync(b, second)).WaitAsync(Patience);

        Assert.True(received[1].AsSpan().SequenceEqual(first));
        Assert.True(received[0].AsSpan().SequenceEqual(second));
        Assert.Equal(UdxCloseKind.Ended, (await a.Closed.WaitAsync(Patience)).Kind);
        Assert.Equal(UdxCloseKind.Ended, (await b.Closed.WaitAsync(Patience)).Kind);
    }

    [Fact]
    public async Task Abort_Remote_SeesReset()
    {
        await using var host = new UdxHost();
        var (a, b) = Pair(host);
        a.Abort();
        Assert.Equal(UdxCloseKind.Reset, (await b.Closed.WaitAsync(Patience)).Kind);
        await Assert.ThrowsAsync<IOException>(async () => await b.WriteAsync(new byte[1]));
    }

    [Fact]
    public async Task Message_Arrives()
    {
        await using var host = new UdxHost();
        var (a, b) = Pair(host);
        var got = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        b.SetMessageHandler(message => got.TrySetResult(message.ToArray()));
        Assert.True(a.TrySendMessage("hi"u8));
        Assert.Equal("hi"u8.ToArray(), await got.Task.WaitAsync(Patience));
        Assert.False(a.TrySendMessage(new byte[a.MaxMessageSize + 1]));
    }

    [Fact]
    public async Task Firewall_LearnsTheRemoteFromItsFirstPacket()
    {
        await using var host = new UdxHost();
        var (one, two) = (host.Bind(Loopback), host.Bind(Loopback));
        var (a, b) = (host.CreateStream(1), host.CreateStream(2));
        b.SetFirewall((socket, from) =>
        {
            b.Connect(socket, 1, from);
            return false;
        });
        a.Connect(one, 2, two.LocalAddress);
        await a.WriteAsync("hello"u8.ToArray());
        var buffer = new byte[16];
        Assert.Equal(5, await b.ReadAsync(buffer).AsTask().WaitAsync(Patience));
        Assert.Equal(one.LocalAddress, b.Remote);
    }

    [Fact]
    public async Task Relay_CarriesAStream()
    {
        await using var ends = new UdxHost();
        await using var relay = new UdxHost();
        var (one, two, middle) = (ends.Bind(Loopback), ends.Bind(Loopback), relay.Bind(Loopback));
        var (x, y) = (relay.CreateStream(11), relay.CreateStream(12));
        x.RelayTo(y);
        y.RelayTo(x);
        x.Connect(middle, 1, one.LocalAddress);
        y.Connect(middle, 2, two.LocalAddress);
        var (a, b) = (ends.CreateStream(1), ends.CreateStream(2));
        a.Connect(one, 11, middle.LocalAddress);
        b.Connect(two, 12, middle.LocalAddress);
        var bytes = new byte[500_000];
        new SeededRandom(3).Fill(bytes);

        var received = await Task.WhenAll(ReadAllAsync(b), ReadAllAsync(a), WriteAllAsync(a, bytes), WriteAllAsync(b, [])).WaitAsync(Patience);

        Assert.True(received[0].AsSpan().SequenceEqual(bytes));
    }

    [Fact]
    public async Task ChangeRemote_LosesNothing()
    {
        await using var host = new UdxHost();
        var (one, two, three) = (host.Bind(Loopback), host.Bind(Loopback), host.Bind(Loopback));
        var (a, b) = (host.CreateStream(1), host.CreateStream(2));
        a.Connect(one, 2, two.LocalAddress);
        b.Connect(two, 1, one.LocalAddress);
        var bytes = new byte[4_000_000];
        new SeededRandom(4).Fill(bytes);
        var reading = ReadAllAsync(b);
        await a.WriteAsync(bytes.AsMemory(0, 2_000_000));
        Assert.True(a.ChangeRemote(three, 2, two.LocalAddress));
        Assert.True(b.ChangeRemote(two, 1, three.LocalAddress));
        await a.WriteAsync(bytes.AsMemory(2_000_000));
        await a.ShutdownAsync().AsTask().WaitAsync(Patience);
        await b.ShutdownAsync().AsTask().WaitAsync(Patience);
        Assert.True((await reading.WaitAsync(Patience)).AsSpan().SequenceEqual(bytes));
    }

    [Fact]
    public async Task Datagrams_OfOtherProtocols_ReachTheHandler()
    {
        await using var host = new UdxHost();
        var (one, two) = (host.Bind(Loopback), host.Bind(Loopback));
        var got = new TaskCompletionSource<(byte[] Bytes, UdpAddress From)>(TaskCreationOptions.RunContinuationsAsynchronously);
        two.SetDatagramHandler((_, bytes, from) => got.TrySetResult((bytes.ToArray(), from)));
        Assert.True(one.TrySend("ping"u8, two.LocalAddress, ttl: 5));
        var (bytes, from) = await got.Task.WaitAsync(Patience);
        Assert.Equal("ping"u8.ToArray(), bytes);
        Assert.Equal(one.LocalAddress, from);
    }

    [Fact]
    public async Task Packets_ForUnknownStreamsAndGarbage_AreCountedAndDropped()
    {
        await using var host = new UdxHost();
        var (a, b) = Pair(host);
        var sender = a.Socket!;
        var random = new SeededRandom(5);
        var packet = new byte[1200];
        for (var i = 0; i < 500; i++)
        {
            random.Fill(packet);
            packet[0] = 0xff;
            packet[1] = 1;
            BitConverter.TryWriteBytes(packet.AsSpan(4), i % 2 == 0 ? 2u : 999u);
            packet[2] &= 0xef; // no DESTROY: the stream must survive everything else
            _ = sender.TrySend(packet.AsSpan(0, 20 + (i * 2)), b.Socket!.LocalAddress);
        }

        await a.WriteAsync("still here"u8.ToArray());
        var buffer = new byte[64];
        Assert.True(await b.ReadAsync(buffer).AsTask().WaitAsync(Patience) > 0);
        Assert.True(b.Socket!.UnknownPackets > 0);
    }

    [Fact]
    public async Task Relay_FirstSideSpeaksBeforeTheSecondIsThere_LosesNothing()
    {
        await using var ends = new UdxHost();
        await using var relay = new UdxHost();
        var (one, two, middle) = (ends.Bind(Loopback), ends.Bind(Loopback), relay.Bind(Loopback));
        var (x, y) = (relay.CreateStream(11), relay.CreateStream(12));
        x.RelayTo(y);
        y.RelayTo(x);
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        x.SetFirewall((socket, from) =>
        {
            x.Connect(socket, 1, from);
            arrived.SetResult();
            return false;
        });
        var (a, b) = (ends.CreateStream(1), ends.CreateStream(2));
        a.Connect(one, 11, middle.LocalAddress);
        await a.WriteAsync("early"u8.ToArray());
        await arrived.Task.WaitAsync(Patience);
        b.Connect(two, 12, middle.LocalAddress);
        y.Connect(middle, 2, two.LocalAddress);

        Assert.Equal(5, await b.ReadAsync(new byte[16]).AsTask().WaitAsync(Patience));
        Assert.Equal(0, a.GetStats().Timeouts);

        // A destroy that passes ends both of the relay's streams.
        a.Abort();
        Assert.Equal(UdxCloseKind.Reset, (await b.Closed.WaitAsync(Patience)).Kind);
        await Task.WhenAll(x.Closed, y.Closed).WaitAsync(Patience);
    }

    [Fact]
    public async Task Firewall_Refuses_NothingArrives()
    {
        await using var host = new UdxHost();
        var (one, two) = (host.Bind(Loopback), host.Bind(Loopback));
        var (a, b) = (host.CreateStream(1), host.CreateStream(2));
        var asked = new TaskCompletionSource<UdpAddress>(TaskCreationOptions.RunContinuationsAsynchronously);
        b.SetFirewall((_, from) => asked.TrySetResult(from) || true);
        a.Connect(one, 2, two.LocalAddress);
        await a.WriteAsync("hello"u8.ToArray());
        Assert.Equal(one.LocalAddress, await asked.Task.WaitAsync(Patience));
        Assert.Equal((false, 0L), (b.IsConnected, b.GetStats().PacketsReceived));
    }

    [Fact]
    public async Task Abort_OfOurs_OurReaderLearnsIt()
    {
        await using var host = new UdxHost();
        var (a, _) = Pair(host);
        var reading = a.ReadAsync(new byte[8]).AsTask();
        a.Abort();
        var error = await Assert.ThrowsAsync<IOException>(() => reading.WaitAsync(Patience));
        Assert.Equal("STREAM_CLOSED", Assert.IsType<UdxException>(error.InnerException).Code);
        await Assert.ThrowsAsync<UdxException>(async () => await a.ShutdownAsync());
        Assert.Equal(UdxCloseKind.Local, (await a.Closed).Kind);
    }

    [Fact]
    public async Task Handlers_ThatThrow_EndNothing()
    {
        await using var host = new UdxHost();
        var (a, b) = Pair(host);
        b.Socket!.SetDatagramHandler((_, _, _) => throw new InvalidOperationException("broken"));
        b.SetMessageHandler(_ => throw new InvalidOperationException("broken"));
        Assert.True(a.Socket!.TrySend("x"u8, b.Socket.LocalAddress));
        Assert.True(a.TrySendMessage("x"u8));
        await a.WriteAsync("hello"u8.ToArray());
        Assert.Equal(5, await b.ReadAsync(new byte[16]).AsTask().WaitAsync(Patience));
        Assert.Equal(2, b.Socket.HandlerFaults);
    }

    [Fact]
    public async Task MessageHandler_AnswersAndAbortsInside_Works()
    {
        await using var host = new UdxHost();
        var (a, b) = Pair(host);
        b.SetMessageHandler(_ =>
        {
            b.TrySendMessage("pong"u8);
            b.Abort();
        });
        var got = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        a.SetMessageHandler(message => got.TrySetResult(message.Length));
        Assert.True(a.TrySendMessage("ping"u8));
        Assert.Equal(4, await got.Task.WaitAsync(Patience));
        Assert.Equal(UdxCloseKind.Reset, (await a.Closed.WaitAsync(Patience)).Kind);
    }

    [Fact]
    public async Task Input_CompletedByItsReader_RemoteIsNotStalled()
    {
        await using var host = new UdxHost();
        var (a, b) = Pair(host);
        await b.Input.CompleteAsync();
        await a.WriteAsync(new byte[20_000_000]).AsTask().WaitAsync(Patience);
        await a.ShutdownAsync().AsTask().WaitAsync(Patience);
    }

    [Fact]
    public async Task Output_CompletedUnflushed_SendsAll()
    {
        await using var host = new UdxHost();
        var (a, b) = Pair(host);
        var reading = ReadAllAsync(b);
        new SeededRandom(6).Fill(a.Output.GetSpan(6_000_000)[..6_000_000]);
        a.Output.Advance(6_000_000);
        a.Output.Complete();
        Assert.Equal(6_000_000, (await reading.WaitAsync(Patience)).Length);
    }

    [Fact]
    public async Task Write_RemoteDoesNotRead_WaitsUntilItDoes()
    {
        await using var host = new UdxHost();
        var options = new UdxStreamOptions { ReceiveWindow = 64 << 10, SendBuffer = 64 << 10 };
        var (a, b) = Pair(host, options);
        var writing = WriteAllAsync(a, new byte[2_000_000]);
        Assert.False(writing.IsCompleted);
        Assert.Equal(2_000_000, (await ReadAllAsync(b).WaitAsync(Patience)).Length);
        await writing.WaitAsync(Patience);
    }

    [Fact]
    public async Task CreateStream_IdInUseOrTooMany_Throws()
    {
        await using var host = new UdxHost(new UdxOptions { StreamsMax = 2 });
        var (a, b) = Pair(host);
        Assert.Equal(2, host.StreamCount);
        Assert.Throws<InvalidOperationException>(() => host.CreateStream(3));
        Assert.Throws<InvalidOperationException>(() => host.CreateStream(2));
        a.Abort();
        await b.Closed.WaitAsync(Patience);
        Assert.Equal(0, host.StreamCount);
        // An id is free again as soon as its stream is over.
        Assert.Equal(1u, host.CreateStream(1).LocalId);
    }

    [Fact]
    public async Task Socket_Disposed_EndsItsStreams()
    {
        await using var host = new UdxHost();
        var (a, b) = Pair(host);
        await a.Socket!.DisposeAsync();
        Assert.Equal(UdxCloseKind.SocketClosed, (await a.Closed.WaitAsync(Patience)).Kind);
        Assert.False(b.Closed.IsCompleted);
        await host.DisposeAsync();
        await b.Closed.WaitAsync(Patience);
        Assert.Throws<ObjectDisposedException>(() => host.CreateStream(9));
    }

    [Fact]
    public async Task Streams_ManyOnOneSocket_AllArrive()
    {
        await using var host = new UdxHost();
        var (one, two) = (host.Bind(Loopback), host.Bind(Loopback));
        var works = new List<Task<byte[]>>();
        for (uint i = 0; i < 100; i++)
        {
            var (a, b) = (host.CreateStream(2 * i), host.CreateStream((2 * i) + 1));
            a.Connect(one, b.LocalId, two.LocalAddress);
            b.Connect(two, a.LocalId, one.LocalAddress);
            works.AddRange([ReadAllAsync(b), WriteAllAsync(a, new byte[100_000])]);
        }

        var read = await Task.WhenAll(works).WaitAsync(Patience);
        Assert.Equal(100 * 100_000, read.Sum(bytes => bytes.Length));
    }

    private static (UdxStream A, UdxStream B) Pair(UdxHost host, UdxStreamOptions? options = null)
    {
        var (one, two) = (host.Bind(Loopback), host.Bind(Loopback));
        var (a, b) = (host.CreateStream(1, options), host.CreateStream(2, options));
        a.Connect(one, 2, two.LocalAddress);
        b.Connect(two, 1, one.LocalAddress);
        return (a, b);
    }

    private static async Task<byte[]> WriteAllAsync(UdxStream stream, byte[] bytes)
    {
        await stream.WriteAsync(bytes);
        await stream.ShutdownAsync();
        return [];
    }

    private static async Task<byte[]> ReadAllAsync(UdxStream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all);
        return all.ToArray();
    }
}
