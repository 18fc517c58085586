using Nashi.TestKit;
using static Nashi.SecretStream.Tests.StreamKit;

namespace Nashi.SecretStream.Tests;

/// <summary>The shell's timer, on a clock that only the test moves.</summary>
public sealed class SecretStreamTimeTests
{
    [Fact]
    public async Task KeepAlive_Idle_SendsEmptyFramesThatTheRemoteSwallows()
    {
        var clock = new ManualClock();
        var (first, second) = RawPair.Create();
        await using var a = SecretStream.Open(first, Keys(true), new SecretStreamOptions { Clock = clock, KeepAlive = TimeSpan.FromSeconds(5) });
        await using var b = SecretStream.Open(second, Keys(false), new SecretStreamOptions { Clock = clock, KeepAlive = TimeSpan.FromSeconds(5) });
        await a.FlushAsync();
        // The remote's header has its own deadline: it must be here before the clock moves on.
        _ = b.Write("hello"u8);
        Assert.Equal("hello"u8.ToArray(), await a.NextAsync());
        for (var i = 0; i < 10; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(6));
            await a.FlushAsync();
        }

        Assert.Equal(10, first.Writes - 1);
        _ = a.Write("x"u8);
        Assert.Equal("x"u8.ToArray(), await b.NextAsync());
    }

    [Fact]
    public async Task KeepAlive_OnlyRemote_DeliversEmptyMessages()
    {
        var clock = new ManualClock();
        var (first, second) = RawPair.Create();
        await using var a = SecretStream.Open(first, Keys(true), new SecretStreamOptions { Clock = clock, KeepAlive = TimeSpan.FromSeconds(5) });
        await using var b = SecretStream.Open(second, Keys(false));
        await a.FlushAsync();
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Empty((await b.NextAsync())!);
    }

    [Fact]
    public async Task Timeout_Silence_ClosesEvenUnread()
    {
        var clock = new ManualClock();
        var (first, second) = RawPair.Create();
        await using var a = SecretStream.Open(first, Keys(true), new SecretStreamOptions { Clock = clock, Timeout = TimeSpan.FromSeconds(20) });
        clock.Advance(TimeSpan.FromSeconds(19));
        Assert.False(a.Closed.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(CloseKind.Timeout, (await a.WhyAsync()).Kind);
        await second.DisposeAsync();
    }

    [Fact]
    public async Task FrameTimeout_UnfinishedFrame_Closes()
    {
        var clock = new ManualClock();
        var (first, second) = RawPair.Create();
        await using var a = SecretStream.Open(first, Keys(true), new SecretStreamOptions { Clock = clock });
        await second.WriteAsync(new byte[] { 0x38, 0 });
        var read = a.ReadAsync().AsTask();
        using var guard = new CancellationTokenSource(Patience);
        while (!a.Closed.IsCompleted && !guard.IsCancellationRequested)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.True((await read.WaitAsync(Patience)).IsCompleted);
        Assert.Equal(CloseKind.Timeout, (await a.WhyAsync()).Kind);
    }

    [Fact]
    public async Task OpenAsync_SilentRemote_TimesOut()
    {
        var clock = new ManualClock();
        var (first, second) = RawPair.Create();
        var opening = SecretStream.OpenAsync(first, isInitiator: true, new SecretStreamOptions { Clock = clock }).AsTask();
        clock.Advance(TimeSpan.FromSeconds(10));
        var error = await Assert.ThrowsAsync<SecretStreamHandshakeException>(() => opening.WaitAsync(Patience));
        Assert.Equal(CloseKind.Timeout, error.Reason.Kind);
        Assert.True(error.IsTransient);
        Assert.True(first.IsDisposed);
        await second.DisposeAsync();
    }
}
