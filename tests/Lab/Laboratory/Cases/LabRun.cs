using Nashi.Laboratory.Checks;
using Nashi.Laboratory.Kernel;
using Nashi.Laboratory.Peers;
using Nashi.Laboratory.Reports;

namespace Nashi.Laboratory.Cases;

/// <summary>The chosen cases, one after the other, and the verdict.</summary>
internal static class LabRun
{
    private static readonly Dictionary<string, Func<Lab, Task>> All = new(StringComparer.Ordinal)
    {
        ["check"] = CheckAsync,
        ["matrix"] = MatrixCase.RunAsync,
        ["relay"] = RelayCase.RunAsync,
        ["home"] = HomeCase.RunAsync,
        ["ladder"] = LadderCase.RunAsync,
        ["resilience"] = ResilienceCase.RunAsync,
        ["goodput"] = GoodputCase.RunAsync,
        ["offline"] = OfflineCase.RunAsync,
        ["chat"] = ChatCase.RunAsync,
    };

    public static async Task<int> RunAsync(LabOptions options, TextWriter output, CancellationToken cancellationToken)
    {
        var programs = new PeerPrograms(options.Peer);
        var lab = new Lab(Available(options, programs, output), programs, output, cancellationToken);
        try
        {
            foreach (var name in options.Chosen)
            {
                cancellationToken.ThrowIfCancellationRequested();
                lab.Say($"\n# {name}");
                var began = LabClock.Now;
                await All[name](lab);
                lab.Say($"\n# {name}: {(LabClock.Now - began).TotalSeconds:0} s");
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            lab.Say("Stopped before the end.");
        }
        catch (LabException error)
        {
            lab.Say($"The laboratory failed: {error.Message}");
            return 2;
        }

        if (options.Json is { } file) await JsonReport.WriteAsync(lab, file);
        var verdict = Verdict(lab);
        return cancellationToken.IsCancellationRequested ? 130 : verdict;
    }

    private static int Verdict(Lab lab)
    {
        var table = new Table("goal", "wanted", "measured", "met");
        foreach (var goal in lab.Goals) table.Add(goal.Id, goal.Wanted, goal.Measured, goal.Met switch { true => "yes", false => "NO", null => "–" });
        lab.Say($"\n{table}");
        var missed = lab.Goals.Count(goal => goal.Met == false);
        lab.Say(lab.Goals.Count == 0 ? "No goal was judged." : missed == 0 ? "All goals met." : $"{missed} goals missed.");
        return missed == 0 ? 0 : 1;
    }

    private static LabOptions Available(LabOptions options, PeerPrograms programs, TextWriter output)
    {
        if (programs.Missing(Side.Ours) is { } own) throw new LabException(own);
        if (programs.Missing(Side.Js) is not { } why) return options;
        output.WriteLine($"Without the reference: {why}.");
        return options with { ChosenPairings = [.. options.Pairings.Where(pairing => pairing.IsOurs)] };
    }

    private static Task CheckAsync(Lab lab)
    {
        var (good, bad) = (0, 0);
        foreach (var (name, wrong) in SelfCheck.Run())
        {
            lab.Cancelled.ThrowIfCancellationRequested();
            lab.Say($"  {(wrong is null ? "ok " : "BAD")} {name}{(wrong is null ? "" : $": {wrong}")}");
            if (wrong is null) good++;
            else bad++;
        }

        lab.Judge("check", "routers and links are what they are called", $"{good} of {good + bad}", bad == 0);
        // What is measured in a laboratory that is not what it says is worth nothing.
        return bad == 0 ? Task.CompletedTask : throw new LabException("the self-check failed");
    }
}
