using System.Globalization;
using System.Text.Json.Nodes;
using Nashi.Cli.Output;
using Nashi.Deploy;
using Nashi.Swarm;
using Spectre.Console;

namespace Nashi.Cli.Commands;

/// <summary>Shows who is connected until Ctrl-C: a live table for people at a terminal, lines otherwise.</summary>
internal static class PeerTable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Shows peers of a session; returns when the token is cancelled.</summary>
    public static Task ShowAsync(CliContext context, DeploySession session, Func<ulong> length, CancellationToken cancellation) =>
        context.IsInteractive ? LiveAsync(session, length, cancellation) : LinesAsync(context, session, cancellation);

    private static async Task LinesAsync(CliContext context, DeploySession session, CancellationToken cancellation)
    {
        session.PeerChanged += Report;
        await Until.CancelledAsync(cancellation).ConfigureAwait(false);
        session.PeerChanged -= Report;

        void Report(SwarmConnection peer, bool came)
        {
            var data = new JsonObject { ["key"] = peer.RemotePublicKey.ToString(), ["address"] = peer.RemoteAddress.ToString(), ["peers"] = session.Peers.Count };
            context.Reporter.Report(came ? "peer-add" : "peer-remove", data, $"{(came ? "+" : "-")} {peer.RemotePublicKey} {peer.RemoteAddress}");
        }
    }

    private static async Task LiveAsync(DeploySession session, Func<ulong> length, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Interval, TimeProvider.System);
        var before = new Dictionary<SwarmConnection, (long Sent, long Received)>();
        await AnsiConsole.Live(Draw(session, length(), before)).StartAsync(async display =>
        {
            try
            {
                while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false)) display.UpdateTarget(Draw(session, length(), before));
            }
            catch (OperationCanceledException)
            {
                // Ctrl-C is how seeding ends.
            }
        }).ConfigureAwait(false);
    }

    private static Table Draw(DeploySession session, ulong length, Dictionary<SwarmConnection, (long Sent, long Received)> before)
    {
        var table = new Table().AddColumns("peer", "address", "up", "down", "up/s", "down/s");
        foreach (var peer in session.Peers)
        {
            var now = TrafficOf(peer);
            var last = before.GetValueOrDefault(peer, now);
            before[peer] = now;
            _ = table.AddRow(
                peer.RemotePublicKey.ToString()[..12],
                peer.RemoteAddress.ToString(),
                Sizes.Format(now.Sent),
                Sizes.Format(now.Received),
                Sizes.Format(now.Sent - last.Sent),
                Sizes.Format(now.Received - last.Received));
        }

        table.Caption = new TableTitle(string.Create(CultureInfo.InvariantCulture, $"{session.Peers.Count} peers · {length} blocks · Ctrl-C stops"));
        return table;
    }

    private static (long Sent, long Received) TrafficOf(SwarmConnection peer) =>
        peer.Stream is SecretStream.SecretStream stream ? (stream.RawBytesWritten, stream.RawBytesRead) : default;
}
