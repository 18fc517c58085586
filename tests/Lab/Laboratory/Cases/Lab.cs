using Nashi.Laboratory.Kernel;
using Nashi.Laboratory.Peers;

namespace Nashi.Laboratory.Cases;

/// <summary>One run of the laboratory: what was asked, and where findings go.</summary>
internal sealed class Lab(LabOptions options, PeerPrograms programs, TextWriter output, CancellationToken cancellationToken)
{
    private readonly Lock _gate = new();

    public LabOptions Options => options;

    public PeerPrograms Programs => programs;

    public CancellationToken Cancelled => cancellationToken;

    public List<Trial> Trials { get; } = [];

    public List<object> Rows { get; } = [];

    public List<Goal> Goals { get; } = [];

    public void Say(string line)
    {
        lock (_gate)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }

    public void Judge(string id, string wanted, string measured, bool? met) => Goals.Add(new Goal(id, wanted, measured, met));

    public Task<Stage> OpenStageAsync(bool relay = false)
    {
        // A peer of ours meets a network of the reference in real life.
        var dht = options.Dht ?? (programs.Missing(Side.Js) is null ? Side.Js : Side.Ours);
        return Stage.OpenAsync(programs, dht, relay ? options.RelayBy : null, cancellationToken);
    }

    /// <summary>Plays many attempts, a few at a time. One that the laboratory itself could not play is played again, once.</summary>
    public async Task<IReadOnlyList<Trial>> PlayAsync(Stage stage, IReadOnlyList<TrialPlan> plans)
    {
        List<Trial> trials = [];
        var limits = new ParallelOptions { MaxDegreeOfParallelism = options.Parallel, CancellationToken = cancellationToken };
        try
        {
            await Parallel.ForEachAsync(plans, limits, async (plan, _) =>
            {
                var trial = await PlayAsync(stage, plan);
                lock (_gate)
                {
                    trials.Add(trial);
                    Trials.Add(trial);
                }

                if (!options.Quiet || !trial.Ok) Say(Describe(trial));
                if (options.Steps) Say($"           {trial.Steps}");
            });
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // What was played until then is worth a table.
            Say($"  stopped after {trials.Count} of {plans.Count}");
        }

        return trials;
    }

    private async Task<Trial> PlayAsync(Stage stage, TrialPlan plan)
    {
        for (var again = false; ; again = true)
        {
            try
            {
                return await new TrialRunner(stage, plan, cancellationToken).RunAsync();
            }
            catch (LabException error)
            {
                if (again) return plan.Outcome() with { Error = "LABORATORY", Details = error.Message };
            }
        }
    }

    private static string Describe(Trial trial)
    {
        var what = trial.Ok ? $"{trial.Way.ToString().ToLowerInvariant(),-8} open {trial.OpenMs,5:0} ms  echo {trial.EchoMs,5:0} ms  boot {trial.BootMs,5:0} ms" : $"{trial.Error} {trial.ErrorMs:0} ms {(trial.Opened ? "(was open) " : "")}{FirstLine(trial.Details)}";
        return $"  {trial.Case,-8} {trial.Pair,-10} {trial.ServerKind,12} <- {trial.ClientKind,-12} #{trial.Run,-3} {what}";
    }

    private static string FirstLine(string? text) => text?.Split('\n')[0] ?? "";
}
