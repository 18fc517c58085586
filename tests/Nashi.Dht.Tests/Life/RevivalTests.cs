using Nashi.Dht.Life;
using Nashi.SecretStream;
using Nashi.Testing;
using Nashi.Udx;

namespace Nashi.Dht.Tests.Life;

/// <summary>A silent connection in virtual time: what closes it, and what does not.</summary>
public sealed class RevivalTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private readonly VirtualClock _clock = new();
    private readonly FakeConnection _connection = new();
    private readonly Revival _revival;
    private Func<Func<CancellationToken, Task>, CancellationToken, Task>? _answer;
    private int _opened;
    private bool _isOnline = true;

    public RevivalTests() => _revival = new Revival(_connection, TimeSpan.FromSeconds(5), RecallAsync, _clock);

    [Fact]
    public Task Look_PeerRestarted_ClosesWithinSixSeconds() => RunAsync(() =>
    {
        _answer = (wait, token) => wait(token);
        RunFor(6);
        Assert.Equal(CloseKind.PeerMoved, _connection.Reason?.Kind);
        Assert.Equal(1, _opened);
    });

    [Fact]
    public Task Look_BlackOut_ClosesNothing() => RunAsync(() =>
    {
        // Nobody answers the call either.
        _answer = (_, token) => UntilCancelled(token);
        RunFor(15);
        _connection.Answers = true;
        _answer = (wait, token) => wait(token);
        RunFor(60);
        Assert.Null(_connection.Reason);
        Assert.Equal(0, _opened);
    });

    [Fact]
    public Task Look_SpeaksInItsSecondChance_IsKeptAndNoPathIsOpened() => RunAsync(() =>
    {
        _answer = (wait, token) =>
        {
            // The peer's network came back: what answers the call answers the old path, too.
            _connection.Answers = true;
            return wait(token);
        };
        RunFor(60);
        Assert.Null(_connection.Reason);
        Assert.Equal(0, _opened);
    });

    [Fact]
    public Task Look_NothingUnderWay_SaysSomethingNewInItsSecondChance() => RunAsync(() =>
    {
        // The peer's router admits us where we are now; the peer follows only what is new.
        _answer = (wait, token) =>
        {
            _connection.AnswersWhatIsNew = true;
            return wait(token);
        };
        RunFor(60);
        Assert.Null(_connection.Reason);
        Assert.Equal(0, _opened);
    });

    [Fact]
    public Task Look_NodeHearsNobody_CallsOnlyWhenItDoesAgain() => RunAsync(() =>
    {
        var calls = 0;
        _answer = (wait, token) =>
        {
            calls++;
            return wait(token);
        };
        _isOnline = false;
        RunFor(60);
        Assert.Equal(0, calls);
        Assert.Null(_connection.Reason);
        _isOnline = true;
        RunFor(3);
        Assert.Equal(1, calls);
        Assert.Equal(CloseKind.PeerMoved, _connection.Reason?.Kind);
    });

    [Fact]
    public Task Look_PeerComesBackLate_IsCalledUntilThen() => RunAsync(() =>
    {
        var calls = 0;
        _answer = (wait, token) =>
        {
            calls++;
            return _clock.Elapsed < TimeSpan.FromSeconds(12) ? UntilCancelled(token) : wait(token);
        };
        RunFor(11);
        Assert.Null(_connection.Reason);
        RunFor(15);
        Assert.Equal(CloseKind.PeerMoved, _connection.Reason?.Kind);
        Assert.InRange(calls, 2, 4);
    });

    private async Task<IAsyncDisposable> RecallAsync(Func<CancellationToken, Task> beforeConnecting, CancellationToken cancellationToken)
    {
        await _answer!(beforeConnecting, cancellationToken).ConfigureAwait(false);
        _opened++;
        return new MemoryStream();
    }

    // Ends inside the cancellation, unlike a delay, which ends on another thread some time later.
    private static async Task UntilCancelled(CancellationToken cancellationToken)
    {
        var cancelled = new TaskCompletionSource();
        await using var registration = cancellationToken.Register(() => cancelled.TrySetCanceled(cancellationToken));
        await cancelled.Task.ConfigureAwait(false);
    }

    // Without a synchronization context, what a timer continues runs inside Advance.
    private static Task RunAsync(Action test) => Task.Run(test, TestContext.Current.CancellationToken);

    private void RunFor(int seconds)
    {
        for (var tick = 0; tick < seconds * 20; tick++)
        {
            _clock.Advance(Step);
            if (_clock.Elapsed.Ticks % TimeSpan.TicksPerSecond == 0 && _connection.Reason is null) _revival.Look(_isOnline, CancellationToken.None);
        }
    }

    private sealed class FakeConnection : IRevivable
    {
        private long _received = 1;

        public bool Answers { get; set; }

        public bool AnswersWhatIsNew { get; set; }

        public CloseReason? Reason { get; private set; }

        public UdxStreamStats GetStats() => new() { PacketsReceived = _received };

        public void Probe()
        {
            if (Answers) _received++;
        }

        public void Speak()
        {
            if (Answers || AnswersWhatIsNew) _received++;
        }

        public void Abort(CloseReason reason) => Reason ??= reason;
    }
}
