using Nashi.Laboratory.Links;
using Nashi.Laboratory.Peers;
using Nashi.Laboratory.Reports;
using Nashi.Laboratory.Topology;

namespace Nashi.Laboratory.Cases;

/// <summary>N7: a network that blocks UDP, no network at all, and one that comes back.</summary>
internal static class OfflineCase
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(Lab lab)
    {
        await using var stage = await lab.OpenStageAsync();
        foreach (var side in (Side[])[Side.Ours, Side.Js])
        {
            if (side == Side.Js && !lab.Options.PairingsWithReference.Any(pairing => pairing.Client == Side.Js)) continue;
            if (lab.Options.WantsRow("without UDP")) await RefusedAsync(lab, stage, side, "without UDP", "noudp", LinkModel.Delayed(10));
            if (lab.Options.WantsRow("without a network")) await RefusedAsync(lab, stage, side, "without a network", "linux", new LinkModel { IsDown = true });
            if (lab.Options.WantsRow("the network goes and comes back")) await BackAsync(lab, stage, side);
        }
    }

    // From the client's start to its error.
    private static async Task RefusedAsync(Lab lab, Stage stage, Side side, string name, string kind, LinkModel link)
    {
        using var serverSite = stage.Internet.AddSite(new SitePlan(SiteKind.Parse("linux"), LinkModel.Delayed(10), 1));
        using var clientSite = stage.Internet.AddSite(new SitePlan(SiteKind.Parse(kind), link, 2));
        await using var server = stage.Start(serverSite.Hosts[0], Side.Ours, "server", relayed: false);
        var listening = await server.NextAsync(Patience, lab.Cancelled, "listening");
        var began = LabClock.Now;
        await using var client = stage.Start(clientSite.Hosts[0], side, "client", relayed: false, "--key", listening?.Text("publicKey") ?? "", "--timeout", "60000");
        var ready = await client.NextAsync(Patience, lab.Cancelled, "ready", "error", "crash");
        var asked = LabClock.Now;
        var said = ready?.Name == "ready" ? await client.NextAsync(Patience, lab.Cancelled, "open", "error", "crash") : ready;
        var (boot, connect) = ((asked - began).TotalSeconds, (LabClock.Now - asked).TotalSeconds);
        var measured = $"{said?.Reason ?? "silent"}: boot {boot:0.0} s, error after {connect:0.0} s";
        lab.Say($"  {name,-34} {side,-5} {measured}   {said?.Text("message")}");
        lab.Judge($"N7 {side}", $"{name}: a clear error ≤ 6 s", measured, side == Side.Ours ? said?.Name == "error" && connect <= 6 : null);
    }

    private static async Task BackAsync(Lab lab, Stage stage, Side side)
    {
        using var serverSite = stage.Internet.AddSite(new SitePlan(SiteKind.Parse("linux"), LinkModel.Delayed(10), 3));
        using var clientSite = stage.Internet.AddSite(new SitePlan(SiteKind.Parse("linux"), LinkModel.Delayed(10), 4));
        await using var server = stage.Start(serverSite.Hosts[0], side, "server", relayed: false);
        var listening = await server.NextAsync(Patience, lab.Cancelled, "listening");
        await using var client = stage.Start(clientSite.Hosts[0], side, "hold", relayed: false, "--key", listening?.Text("publicKey") ?? "", "--for", "90000");
        if (await client.NextAsync(Patience, lab.Cancelled, "tick") is not { Name: "tick" })
        {
            lab.Judge($"N7 {side}", "the network goes and comes back", "no connection to begin with", side == Side.Ours ? false : null);
            return;
        }

        await LabClock.WaitAsync(TimeSpan.FromSeconds(3), lab.Cancelled);
        clientSite.Uplink.Set(new LinkModel { IsDown = true });
        await LabClock.WaitAsync(TimeSpan.FromSeconds(20), lab.Cancelled);
        var (busy, from) = (client.ProcessorTime(), LabClock.Now);
        await LabClock.WaitAsync(TimeSpan.FromSeconds(20), lab.Cancelled);
        var load = (client.ProcessorTime() - busy) / (LabClock.Now - from);
        clientSite.Uplink.Set(LinkModel.Delayed(10));
        var back = LabClock.Now;
        PeerEvent? tick;
        do tick = await client.NextAsync(Patience, lab.Cancelled, "tick");
        while (tick is { Name: "tick" } && tick.At < back);
        var took = tick is { Name: "tick" } ? (tick.At - back).TotalSeconds : double.PositiveInfinity;
        lab.Say($"  the network goes and comes back    {side,-5} {load:P2} of a core while offline, back after {took:0.0} s");
        lab.Judge($"N7 {side}", "offline: ≤ 1 % of a core", $"{load:P2}", side == Side.Ours ? load <= 0.01 : null);
        lab.Judge($"N7 {side}", "back ≤ 5 s after the network", $"{took:0.0} s", side == Side.Ours ? took <= 5 : null);
    }
}
