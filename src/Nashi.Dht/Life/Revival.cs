using Nashi.Encoding;
using Nashi.SecretStream;

namespace Nashi.Dht.Life;

/// <summary>Looks after one connection of ours that may fall silent: its peer was restarted, or a router between forgot it.</summary>
/// <remarks>
/// Does what a <see cref="RevivalCore"/> decides. The silent connection is closed (<see cref="CloseKind.PeerMoved"/>) only when the peer answers a fresh call
/// through its relaying nodes, the old path is given another chance and stays silent, and a new path opens. While the network, or the peer, is away,
/// calls fail and nothing is closed. The second chance comes before the new path is opened, because a peer that sees a new connection closes the old one.
/// </remarks>
internal sealed class Revival(IRevivable connection, TimeSpan keepAlive, Recall recall, TimeProvider clock)
{
    private static readonly CloseReason Moved = new(CloseKind.PeerMoved, "The peer is reachable, but not on this path: connect again.");
    private static readonly TimeSpan Nudge = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestChance = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(4);
    private const int Nudges = 4;

    private readonly RevivalCore _core = new(keepAlive, Instant.Now(clock));
    private readonly Lock _gate = new();
    private CancellationTokenSource? _call;

    /// <summary>Looks at the connection; about once a second.</summary>
    /// <param name="mayCall">Whether the node hears anybody.</param>
    /// <param name="cancellationToken">Ends a call that begins now: the node is closed or suspended.</param>
    public RevivalStep Look(bool mayCall, CancellationToken cancellationToken)
    {
        var stats = connection.GetStats();
        CancellationTokenSource? call;
        RevivalStep step;
        lock (_gate)
        {
            step = _core.Look(stats.PacketsReceived, stats.Silence, mayCall, Instant.Now(clock));
            if (step == RevivalStep.Call) _call = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            call = _call;
        }

        if (step == RevivalStep.Ask) connection.Probe();
        else if (step == RevivalStep.Call) _ = CallAsync(call!, stats.PacketsReceived);
        else if (step == RevivalStep.Calm) Cancel(call);
        return step;
    }

    private async Task CallAsync(CancellationTokenSource call, long heard)
    {
        using var unanswered = new CancellationTokenSource(AnswerTimeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(call.Token, unanswered.Token);
        try
        {
            var fresh = await recall(
                token =>
                {
                    unanswered.CancelAfter(Timeout.InfiniteTimeSpan);
                    return GiveChanceAsync(heard, token);
                },
                both.Token).ConfigureAwait(false);
            await using var freshClosing = fresh.ConfigureAwait(false);
            if (!HasSpoken(heard)) connection.Abort(Moved);
        }
        catch (Exception error) when (error is NashiException or OperationCanceledException or ArgumentException or ObjectDisposedException)
        {
            // Not now: the connection goes on waiting, and the next call comes later.
        }
        finally
        {
            lock (_gate)
            {
                _call = null;
                _core.HandleCallEnded(Instant.Now(clock));
            }

            call.Dispose();
        }
    }

    private async Task GiveChanceAsync(long heard, CancellationToken cancellationToken)
    {
        var pause = TimeSpan.FromTicks(Math.Clamp(connection.GetStats().RoundTrip.Ticks, Nudge.Ticks, LongestChance.Ticks / Nudges));
        for (var i = 0; i < Nudges; i++)
        {
            // What is under way is repeated anyway; to say more would only give it more time.
            if (connection.GetStats().Silence == TimeSpan.Zero) connection.Speak();
            await Task.Delay(pause, clock, cancellationToken).ConfigureAwait(false);
            if (HasSpoken(heard)) throw new OperationCanceledException("The connection speaks again.");
        }
    }

    private bool HasSpoken(long heard) => connection.GetStats().PacketsReceived != heard;

    private static void Cancel(CancellationTokenSource? call)
    {
        try
        {
            call?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself just now.
        }
    }
}
