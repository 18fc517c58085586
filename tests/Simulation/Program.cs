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
        var run = new SybilRun(Options(flags, 1000, 0), flags.Count("trials", 100), flags.Count("searches", 5));
        var only = flags.Text("only");
        var settle = TimeSpan.FromMinutes(flags.Number("settle", 10));
        flags.End();
        run.Grow(settle);
        foreach (var plan in SybilRun.Plans.Where(plan => only is null || plan.Name.Contains(only, StringComparison.Ordinal)))
        {
            Console.WriteLine($"ours, ours     {run.Play(plan)}");
            Console.WriteLine($"ours, plain    {run.Play(plan, searcherWidens: false)}");
            Console.WriteLine($"plain, plain   {run.Play(plan, announcerWidens: false, searcherWidens: false)}");
        }

        return 0;
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
