using Nashi.SecretStream.Protocol;
using Nashi.TestKit;
using static Nashi.SecretStream.Tests.StreamKit;

namespace Nashi.SecretStream.Tests;

/// <summary>threats.md rows 14 and 47, goal S4: remotes that dawdle or send too much, and our own calls in any order.</summary>
public sealed class AbuseTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Row14_HalfOpen_HeaderThatNeverCameWhole_IsCutAfterThirtySeconds(int bytes)
    {
        var clock = new ManualClock();
        var (first, second) = RawPair.Create();
        await using var stream = SecretStream.Open(first, Keys(true), new SecretStreamOptions { Clock = clock, KeepAlive = TimeSpan.FromSeconds(5) });
        if (bytes > 0) await second.WriteAsync(new byte[bytes]);
        var read = stream.ReadAsync().AsTask();
        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(stream.Closed.IsCompleted);
        await AdvanceUntilAsync(clock, stream.Closed);
        Assert.Equal(CloseKind.Timeout, (await stream.WhyAsync()).Kind);
        Assert.True((await read.WaitAsync(Patience)).IsCompleted);
    }

    [Fact]
    public async Task Row14_HeaderThatWaitsUnread_IsNobodysFault()
    {
        var clock = new ManualClock();
        var (first, second) = RawPair.Create();
        await using var a = SecretStream.Open(first, Keys(true), new SecretStreamOptions { Clock = clock });
        await using var b = SecretStream.Open(second, Keys(false), new SecretStreamOptions { Clock = clock });
        await b.WriteAsync("x"u8.ToArray());
        await a.FlushAsync();
        await b.FlushAsync();
        await Task.Yield();
        for (var minute = 0; minute < 10; minute++) clock.Advance(TimeSpan.FromMinutes(1));
        if (a.Closed.IsCompleted) Assert.Fail((await a.Closed).ToString());
        Assert.Equal("x"u8.ToArray(), await a.NextAsync());
    }

    [Fact]
    public async Task Row14_FiveHundredDrippedGiants_HoldWhatTheySentAndNoMore()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        List<SecretStream> streams = [];
        List<Task> reads = [];
        List<RawEndStream> remotes = [];
        for (var i = 0; i < 500; i++)
        {
            var (first, second) = RawPair.Create();
            var stream = SecretStream.Open(first, Keys(true));
            var sender = SecretStream.Open(second, Keys(false));
            await sender.FlushAsync();
            await second.WriteAsync(new byte[] { 0xff, 0xff, 0xff, 1, 2, 3 });
            streams.Add(stream);
            remotes.Add(second);
            reads.Add(stream.ReadAsync().AsTask());
        }

        foreach (var remote in remotes) await remote.WriteAsync(new byte[100]);
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 32 * 1024 * 1024);
        foreach (var stream in streams) stream.Abort(CloseReason.Local);
        await Task.WhenAll(reads).WaitAsync(Patience);
    }

    [Fact]
    public void Row14_UnfinishedFramesOfAll_HaveALimitTogether()
    {
        var held = new int[(int)(FrameMemory.MaxBytes / (8 * 1024 * 1024)) + 2];
        var refused = 0;
        for (var i = 0; i < held.Length; i++) refused += FrameMemory.TryHold(ref held[i], FrameMemory.FreeBytes + (8 * 1024 * 1024)) ? 0 : 1;
        for (var i = 0; i < held.Length; i++) Assert.True(FrameMemory.TryHold(ref held[i], 100));
        Assert.InRange(refused, 1, held.Length);
        Assert.All(held, bytes => Assert.Equal(0, bytes));
    }

    [Fact]
    public async Task Row47_DisposedAbortedAndCancelledAtAnyMoment_EndsWithoutALostFailure()
    {
        var unseen = 0;
        EventHandler<UnobservedTaskExceptionEventArgs> count = (_, _) => Interlocked.Increment(ref unseen);
        TaskScheduler.UnobservedTaskException += count;
        for (var seed = 1UL; seed <= 200; seed++) await PlayAsync(new SeededRandom(seed)).WaitAsync(Patience);
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        TaskScheduler.UnobservedTaskException -= count;
        Assert.Equal(0, unseen);
    }

    // Both sides write, flush and read while one of them is disposed, aborted, ended or its reads are cancelled, after as many steps as the seed says.
    private static async Task PlayAsync(IRandom random)
    {
        var (a, b) = Pair();
        using var cancel = new CancellationTokenSource();
        var (steps, how) = (random.Next(12), random.Next(5));
        var work = new[] { WriteAsync(a, cancel.Token), WriteAsync(b, cancel.Token), ReadAsync(a, cancel.Token), ReadAsync(b, cancel.Token) };
        for (var i = 0; i < steps; i++) await Task.Yield();
        if (how == 0) a.Abort(CloseReason.Local);
        else if (how == 1) await Task.WhenAll(a.DisposeAsync().AsTask(), a.DisposeAsync().AsTask());
        else if (how == 2) await a.EndAsync();
        else if (how == 3) await cancel.CancelAsync();
        else await Task.WhenAll(a.DisposeAsync().AsTask(), b.DisposeAsync().AsTask());
        await a.DisposeAsync();
        await b.DisposeAsync();
        await Task.WhenAll(work);
        Assert.True(a.Closed.IsCompleted && b.Closed.IsCompleted);
    }

    private static async Task WriteAsync(SecretStream stream, CancellationToken cancellationToken)
    {
        try
        {
            while (!stream.Closed.IsCompleted)
            {
                await stream.WriteAsync(new byte[3000], cancellationToken);
                await Task.Yield();
            }
        }
        catch (Exception error) when (error is MessageStreamClosedException or OperationCanceledException)
        {
            // As it should.
        }
    }

    private static async Task ReadAsync(SecretStream stream, CancellationToken cancellationToken)
    {
        try
        {
            while (!(await stream.ReadAsync(cancellationToken)).IsCompleted) await Task.Yield();
        }
        catch (OperationCanceledException)
        {
            // As it should.
        }
    }

    private static async Task AdvanceUntilAsync(ManualClock clock, Task done)
    {
        using var guard = new CancellationTokenSource(Patience);
        while (!done.IsCompleted && !guard.IsCancellationRequested)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }
}
