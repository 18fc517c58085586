using Nashi.Simulation.Nodes;
using Nashi.Simulation.Runs;

namespace Nashi.Simulation;

/// <summary>Commands for long runs; any other argument is for the test runner.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        try
        {
            var flags = new Flags([.. args.Skip(1)]);
            return args.FirstOrDefault() switch
            {
                "network" => Network(flags),
                "sybil" => Sybil(flags),
                "plot" => Plot(flags),
                "moves" => await MovesAsync(flags),
                "sockets" => await SocketsAsync(flags),
                _ => await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args),
            };
        }
        catch (Exception error) when (error is ArgumentException or FormatException)
        {
            Console.Error.WriteLine(error.Message);
            return 2;
        }
    }

    private static int Network(Flags flags)
    {
        var options = Options(flags);
        var time = TimeSpan.FromHours(flags.Number("hours", 1));
        var run = new NetworkRun(options, time, flags.Count("topics", 300), flags.Number("searches", 3));
        flags.End();
        run.Run().Print(Console.Out);
        return run.Found >= 0.999 ? 0 : 1;
    }

    private static async Task<int> MovesAsync(Flags flags)
    {
        var run = new MovesRun(flags.Count("count", 1000), flags.Count("at-once", 10));
        await using var closing = run;
        flags.End();
        await run.RunAsync();
        run.Print(Console.Out);
        return run.Deaths == 0 && run.OpenP99 <= 500 ? 0 : 1;
    }

    private static int Plot(Flags flags)
    {
        var file = flags.Text("out") ?? Path.Combine("docs", "figures", "dht-hops.svg");
        var seed = (ulong)flags.Number("seed", 1);
        flags.End();
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        File.WriteAllText(file, HopsFigure.Draw([100, 300, 1000, 3000, 10_000], seed, Console.Out));
        return 0;
    }

    private static int Sybil(Flags flags)
    {
        var (seeds, first) = (flags.Count("seeds", 20), flags.Count("seed", 1));
        var (trials, searches, isPlain) = (flags.Count("trials", 10), flags.Count("searches", 5), flags.Text("plain") == "yes");
        var (only, settle, options) = (flags.Text("only"), TimeSpan.FromMinutes(flags.Number("settle", 10)), Options(flags, 1000, 0));
        flags.End();
        var plans = SybilRun.Plans.Where(plan => only is null || only.Split('|').Any(part => plan.Name.Contains(part, StringComparison.Ordinal))).ToArray();
        var totals = plans.ToDictionary(plan => plan.Name, plan => new SybilResult(plan.Name));
        for (var seed = first; seed < first + seeds; seed++)
        {
            var run = new SybilRun(options with { Seed = (ulong)seed }, trials, searches);
            run.Grow(settle);
            foreach (var plan in plans)
            {
                var result = run.Play(plan, announcerWidens: !isPlain, searcherWidens: !isPlain);
                Console.WriteLine($"seed {seed,3} {result}");
                totals[plan.Name].Add(result);
            }
        }

        foreach (var total in totals.Values) Console.WriteLine($"all {seeds,4} {total}");
        return 0;
    }

    private static async Task<int> SocketsAsync(Flags flags)
    {
        var run = new SocketsRun(
            flags.Count("nodes", 1000), flags.Count("topics", 200), flags.Count("searches", 2000), flags.Count("parallel", 16), (ulong)flags.Number("seed", 1));
        flags.End();
        (await run.RunAsync()).Print(Console.Out);
        return run.Found == run.Searches ? 0 : 1;
    }

    private static WorldOptions Options(Flags flags, int nodes = 10_000, double nat = 0.7) => new()
    {
        Nodes = flags.Count("nodes", nodes),
        Seed = (ulong)flags.Number("seed", 1),
        Loss = flags.Number("loss", 0.015),
        Nat = flags.Number("nat", nat),
        ChurnPerHour = flags.Number("churn", 0.3),
    };
}
