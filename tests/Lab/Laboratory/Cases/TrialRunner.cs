using Nashi.Laboratory.Kernel;
using Nashi.Laboratory.Peers;
using Nashi.Laboratory.Topology;

namespace Nashi.Laboratory.Cases;

/// <summary>
/// Plays one attempt: fresh sites, fresh processes. Which way the bytes went is read from the links while the bulk is echoed, not from what peers say.
/// </summary>
internal sealed class TrialRunner(Stage stage, TrialPlan plan, CancellationToken cancellationToken)
{
    private static readonly TimeSpan Boot = TimeSpan.FromSeconds(60);
    private Trial _trial = plan.Outcome();
    private (long Direct, long Relay, long Hairpin) _before;

    public async Task<Trial> RunAsync()
    {
        var seed = (ulong)(plan.Run * 2 + 1);
        using var serverSite = await Task.Run(() => stage.Internet.AddSite(SitePlanOf(plan.Server, plan.ServerLink, seed)), cancellationToken);
        using var otherSite = plan.IsOneSite
            ? null
            : await Task.Run(() => stage.Internet.AddSite(SitePlanOf(plan.Client, plan.ClientLink, seed + 1)), cancellationToken);
        var clientSite = otherSite ?? serverSite;
        await using var server = stage.Start(serverSite.Hosts[0], plan.Pairing.Server, "server", plan.IsRelayed);
        var listening = await server.NextAsync(Boot, cancellationToken, "listening", "crash");
        if (listening?.Name != "listening")
        {
            // A host without UDP has no way to be found; whether its server says so or tries on is its business.
            return _trial with { Error = "SERVER_NOT_LISTENING", Details = listening?.Reason ?? "silent", ErrorMs = Boot.TotalMilliseconds };
        }

        await using var client = stage.Start(
            clientSite.Hosts[^1], plan.Pairing.Client, "client", plan.IsRelayed,
            "--key", listening.Text("publicKey")!, "--bytes", $"{plan.Bytes}", "--settle", $"{plan.Settle.TotalMilliseconds}", "--timeout", $"{plan.Timeout.TotalMilliseconds}");
        await FollowAsync(client, serverSite, clientSite);
        _trial = _trial with { Steps = Steps(client) };
        // A relayed path is known as such before the move only.
        var after = Meters(serverSite, clientSite);
        var (direct, relay, hairpin) = (after.Direct - _before.Direct, after.Relay - _before.Relay, after.Hairpin - _before.Hairpin);
        var way = !_trial.Ok ? Way.None
            : relay > plan.Bytes && relay > direct ? Way.Relay
            : direct > plan.Bytes ? Way.Direct
            : hairpin > plan.Bytes ? Way.Hairpin
            : plan.IsOneSite ? Way.Lan : Way.None;
        return _trial with { Way = way, Moved = way != Way.Relay && _trial.Moved };
    }

    private static string? Steps(PeerProcess client)
    {
        var told = client.All.Where(one => one.Name is "ready" or "step" or "open" or "first-echo").Select(one => $"{one.Number("t"):0} {one.Text("name") ?? one.Name} {one.Text("detail")}".Trim());
        return string.Join(" | ", told) is { Length: > 0 } text ? text : null;
    }

    private SitePlan SitePlanOf(SiteKind kind, Links.LinkModel link, ulong seed) =>
        new(kind, link, seed, Hosts: plan.IsOneSite && kind.Home is null ? 2 : 1, Homes: plan.IsOneSite ? 2 : 1);

    private (long Direct, long Relay, long Hairpin) Meters(Site server, Site client) => (
        plan.IsOneSite ? 0 : server.Uplink.BytesBetween(server.Outside, client.Outside),
        server.Uplink.BytesBetween(server.Outside, stage.Internet.Relay.Address),
        plan.IsOneSite ? server.HairpinBytes() : 0);

    private async Task FollowAsync(PeerProcess client, Site serverSite, Site clientSite)
    {
        var end = LabClock.Now + Boot + plan.Timeout + plan.Settle;
        while (true)
        {
            var one = await client.NextAsync(end - LabClock.Now, cancellationToken, "ready", "open", "first-echo", "bulk-start", "bulk-echo", "error", "crash", "done");
            switch (one?.Name)
            {
                case "ready":
                    _trial = _trial with { BootMs = one.Number("t") };
                    break;
                case "open":
                    _trial = _trial with { Opened = true, OpenMs = one.Number("ms"), Moved = one.Text("remoteHost") == stage.Internet.Relay.Address.ToString() };
                    break;
                case "first-echo":
                    _trial = _trial with { EchoMs = one.Number("ms") };
                    break;
                case "bulk-start":
                    _before = Meters(serverSite, clientSite);
                    break;
                case "bulk-echo":
                    _trial = _trial with { BulkMs = one.Number("ms") };
                    break;
                case "done":
                    _trial = _trial with { Ok = true };
                    return;
                case "error":
                    _trial = _trial with { Error = one.Reason, ErrorMs = one.Number("ms"), Details = one.Text("message") };
                    return;
                case "crash":
                    _trial = _trial with { Error = "CRASH", Details = one.Text("stack") ?? one.Reason };
                    return;
                default:
                    _trial = _trial with { Error = one is null ? "CLIENT_HANGS" : "CLIENT_ENDED", Details = client.Errors };
                    return;
            }
        }
    }
}
