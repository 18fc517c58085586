using Nashi.Laboratory.Cases;
using Nashi.Laboratory.Checks;
using Nashi.Laboratory.Kernel;
using Nashi.Laboratory.Peers;
using Nashi.Laboratory.Topology;

namespace Nashi.Lab.Tests;

/// <summary>A short part of the laboratory. It needs root and namespaces; where they are missing it says so and counts as skipped, not as passed.</summary>
public sealed class LaboratoryTests(OpenStage open) : IClassFixture<OpenStage>
{
    [Fact]
    public void Requirements_WhenSomethingIsMissing_SayWhatInOneSentence()
    {
        var missing = Requirements.Missing;
        TestContext.Current.TestOutputHelper?.WriteLine(missing ?? "This machine can be a laboratory.");
        if (missing is null) return;
        Assert.DoesNotContain('\n', missing);
        Assert.Contains(missing.Split(':')[0], (string[])["not Linux", "not root", "no namespaces here", missing]);
        Assert.True(missing.Length > 10);
    }

    [Fact]
    public void SelfCheck_EveryRouterAndLink_IsWhatItIsCalled()
    {
        NeedLaboratory();
        var wrong = SelfCheck.Run().Where(check => check.Wrong is not null).ToList();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task Matrix_OursWithOurs_ConnectsDirectly() => await ConnectAsync(
        "ours-ours", relay: false, ("open", "linux"), ("fw", "port"), ("port", "linux"), ("linux/port", "addr"), ("sym", "linux"), ("fullcone", "linux/sym"));

    [Fact]
    public async Task Matrix_OurServerAndAReferenceClient_ConnectDirectly() => await ConnectAsync("ours-js", relay: false, ("linux", "port"), ("port", "fw"));

    [Fact]
    public async Task Matrix_AReferenceServerAndOurClient_ConnectDirectly() => await ConnectAsync("js-ours", relay: false, ("linux", "port"), ("addr", "linux/port"));

    [Fact]
    public async Task Relay_TwoSymmetricRouters_ConnectThroughIt() => await ConnectAsync("ours-ours", relay: true, ("sym", "linux/sym"));

    private async Task ConnectAsync(string pairing, bool relay, params (string Server, string Client)[] sites)
    {
        NeedLaboratory();
        var stage = open.Stage!;
        var pair = Pairing.Parse(pairing);
        foreach (var side in (Side[])[pair.Server, pair.Client]) Assert.Null(stage.Programs.Missing(side));
        var cancelled = TestContext.Current.CancellationToken;
        var trials = await Task.WhenAll(sites.Select(site =>
        {
            var plan = new TrialPlan("test", pair, SiteKind.Parse(site.Server), SiteKind.Parse(site.Client), Run: 1) { IsRelayed = relay, Bytes = 64 * 1024 };
            return new TrialRunner(stage, plan, cancelled).RunAsync();
        }));
        Assert.All(trials, trial => Assert.True(trial.Ok && trial.Way == (relay ? Way.Relay : Way.Direct), trial.ToString()));
    }

    private static void NeedLaboratory()
    {
        if (Requirements.Missing is { } why) Assert.Skip($"No laboratory here: {why}.");
    }
}
