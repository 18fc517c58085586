using System.Security.Cryptography;
using Nashi.Cryptography;
using Nashi.TestKit;
using static Nashi.SecretStream.Tests.StreamKit;

namespace Nashi.SecretStream.Tests;

public sealed class SecretStreamTests
{
    [Fact]
    public async Task Write_AllSizes_ArriveWholeAndInOrder()
    {
        var (a, b) = Pair();
        await using var both = new MessageStreamPair(a, b);
        int[] sizes = [0, 1, 16, 17, 4095, 4096, 65536, 131072, 300_000, 5_000_000, 3];
        var sending = Task.Run(async () =>
        {
            foreach (var size in sizes) await a.WriteAsync(Pattern(size));
        });
        foreach (var size in sizes) Assert.Equal(Pattern(size), await b.NextAsync());
        await sending;
    }

    [Fact]
    public async Task Write_TwoParts_ArriveAsOne()
    {
        var (a, b) = Pair();
        await using var both = new MessageStreamPair(a, b);
        Assert.True(a.Write("he"u8, "llo"u8));
        Assert.Equal("hello"u8.ToArray(), await b.NextAsync());
    }

    [Fact]
    public async Task Write_ManyAtOnce_SharesRawWrites()
    {
        var (first, second) = RawPair.Create();
        await using var a = SecretStream.Open(first, Keys(true));
        await using var b = SecretStream.Open(second, Keys(false));
        await a.FlushAsync();
        for (var i = 0; i < 2000; i++) _ = a.Write(Pattern(100));
        for (var i = 0; i < 2000; i++) Assert.Equal(Pattern(100), await b.NextAsync());
        Assert.True(first.Writes < 1000, $"{first.Writes} raw writes");
    }

    [Fact]
    public async Task Write_ManyThreads_KeepsEachOnesOrder()
    {
        var (a, b) = Pair();
        await using var both = new MessageStreamPair(a, b);
        var senders = Enumerable.Range(0, 4).Select(thread => Task.Run(async () =>
        {
            for (var i = 0; i < 1000; i++) await a.WriteAsync(new[] { (byte)thread, (byte)i, (byte)(i >> 8) });
        })).ToArray();
        var next = new int[4];
        for (var i = 0; i < 4000; i++)
        {
            var message = (await b.NextAsync())!;
            Assert.Equal(next[message[0]]++, message[1] | (message[2] << 8));
        }

        await Task.WhenAll(senders);
    }

    [Fact]
    public async Task Write_OverTheMark_SaysWaitAndFlushes()
    {
        var (first, second) = RawPair.Create();
        await using var a = SecretStream.Open(first, Keys(true), new SecretStreamOptions { HighWaterMark = 1000 });
        var isDrained = true;
        for (var i = 0; i < 100 && isDrained; i++) isDrained = a.Write(Pattern(2_000_000));
        Assert.False(isDrained);
        var flushed = a.FlushAsync().AsTask();
        Assert.False(flushed.IsCompleted);
        await using var b = SecretStream.Open(second, Keys(false));
        while (!flushed.IsCompleted) _ = await Task.WhenAny(flushed, b.ReadAsync().AsTask()).WaitAsync(Patience);
        await flushed;
    }

    [Fact]
    public async Task Write_TooLong_Throws()
    {
        var (a, b) = Pair();
        await using var both = new MessageStreamPair(a, b);
        _ = Assert.Throws<ArgumentException>(() => a.Write(new byte[IMessageStream.MaxMessageSize], [1]));
        _ = a.Write(new byte[IMessageStream.MaxMessageSize]);
        Assert.Equal(IMessageStream.MaxMessageSize, (await b.NextAsync())!.Length);
    }

    [Fact]
    public async Task EndAsync_OneSide_OtherGoesOnThenBothClose()
    {
        var (a, b) = Pair();
        await using var both = new MessageStreamPair(a, b);
        _ = a.Write("last"u8);
        await a.EndAsync();
        Assert.False(a.Write("late"u8));
        _ = await Assert.ThrowsAsync<MessageStreamClosedException>(async () => await a.WriteAsync("late"u8.ToArray()));
        Assert.Equal("last"u8.ToArray(), await b.NextAsync());
        Assert.Null(await b.NextAsync());
        Assert.False(b.Closed.IsCompleted);
        _ = b.Write("still here"u8);
        Assert.Equal("still here"u8.ToArray(), await a.NextAsync());
        await b.EndAsync();
        Assert.Null(await a.NextAsync());
        Assert.Equal(CloseKind.Ended, (await a.WhyAsync()).Kind);
        Assert.Equal(CloseKind.Ended, (await b.WhyAsync()).Kind);
    }

    [Fact]
    public async Task DisposeAsync_QueuedMessages_StillArrive()
    {
        var (a, b) = Pair();
        for (var i = 0; i < 100; i++) _ = a.Write(Pattern(1000));
        await a.DisposeAsync();
        await a.DisposeAsync();
        for (var i = 0; i < 100; i++) Assert.Equal(Pattern(1000), await b.NextAsync());
        Assert.Null(await b.NextAsync());
        await b.DisposeAsync();
        Assert.Equal(CloseKind.Local, (await a.WhyAsync()).Kind);
    }

    [Fact]
    public async Task Abort_WhileReading_CompletesTheReadWithTheFirstReason()
    {
        var (a, b) = Pair();
        var read = b.ReadAsync().AsTask();
        b.Abort(new CloseReason(CloseKind.ProtocolViolation, "Enough."));
        b.Abort(CloseReason.Local);
        Assert.True((await read.WaitAsync(Patience)).IsCompleted);
        Assert.Equal(CloseKind.ProtocolViolation, (await b.WhyAsync()).Kind);
        Assert.True((await b.ReadAsync()).IsCompleted);
        await a.DisposeAsync();
    }

    [Fact]
    public async Task ReadAsync_Cancelled_LosesNothing()
    {
        var (a, b) = Pair();
        await using var both = new MessageStreamPair(a, b);
        for (var i = 0; i < 20; i++)
        {
            using var cancel = new CancellationTokenSource();
            var read = b.ReadAsync(cancel.Token).AsTask();
            await cancel.CancelAsync();
            _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
            _ = a.Write([(byte)i]);
            Assert.Equal(new[] { (byte)i }, (await b.NextAsync())!);
        }
    }

    [Fact]
    public async Task ReadAsync_TwiceAtOnce_Throws()
    {
        var (a, b) = Pair();
        await using var both = new MessageStreamPair(a, b);
        var read = b.ReadAsync().AsTask();
        _ = await Assert.ThrowsAsync<InvalidOperationException>(async () => await b.ReadAsync());
        _ = a.Write([1]);
        _ = await read;
    }

    [Fact]
    public async Task RawStream_Gone_ClosesEvenWhenNobodyReads()
    {
        var (first, second) = RawPair.Create();
        await using var a = SecretStream.Open(first, Keys(true));
        await a.FlushAsync();
        await second.DisposeAsync();
        _ = a.Write([1]);
        _ = a.Write([2]);
        while (!a.Closed.IsCompleted)
        {
            var read = await a.ReadAsync().AsTask().WaitAsync(Patience);
            Assert.True(read.IsCompleted);
            if (!a.Closed.IsCompleted) await a.EndAsync();
        }

        Assert.Contains((await a.WhyAsync()).Kind, new[] { CloseKind.RawClosed, CloseKind.Ended });
    }

    [Fact]
    public async Task TrySendMessage_Both_ArriveDecrypted()
    {
        var (a, b) = Pair();
        await using var both = new MessageStreamPair(a, b);
        var got = new List<byte[]>();
        b.SetMessageHandler(message => got.Add(message.ToArray()));
        a.SetMessageHandler(message => got.Add(message.ToArray()));
        Assert.Equal(1176, a.MaxMessageSize);
        Assert.True(a.TrySendMessage("one"u8));
        Assert.True(a.TrySendMessage([]));
        Assert.True(b.TrySendMessage(Pattern(1176)));
        Assert.False(b.TrySendMessage(Pattern(1177)));
        Assert.Equal(["one"u8.ToArray(), [], Pattern(1176)], got);
        await a.DisposeAsync();
        Assert.False(a.TrySendMessage("late"u8));
    }

    [Fact]
    public async Task ReadAsync_HotPath_AllocatesNothing()
    {
        var (a, b) = Pair();
        await using var both = new MessageStreamPair(a, b);
        var message = Pattern(1000);
        for (var round = 0; round < 20; round++)
        {
            for (var i = 0; i < 100; i++) _ = a.Write(message);
            for (var i = 0; i < 100; i++) Assert.False((await b.ReadAsync()).IsCompleted);
        }

        for (var i = 0; i < 50; i++) _ = a.Write(message);
        await a.FlushAsync();
        _ = await b.ReadAsync();
        long spent = 0;
        for (var i = 0; i < 8; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var read = b.ReadAsync();
            if (read.IsCompletedSuccessfully) spent += GC.GetAllocatedBytesForCurrentThread() - before;
            _ = await read;
            before = GC.GetAllocatedBytesForCurrentThread();
            _ = a.Write([], []);
            spent += GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.True(spent < 2048, $"{spent} bytes");
    }

    private static byte[] Pattern(int size)
    {
        var bytes = new byte[size];
        new SeededRandom((ulong)size).Fill(bytes);
        return bytes;
    }
}
