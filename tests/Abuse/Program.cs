using Nashi.Abuse.Flooding;
using Nashi.Abuse.SlowPeers;
using Nashi.TestKit;

namespace Nashi.Abuse;

/// <summary>Commands for long runs (see <c>tests/Abuse/run</c>); any other argument is for the test runner.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        try
        {
            var flags = new Flags([.. args.Skip(1)]);
            return args.FirstOrDefault() switch
            {
                "flood" => await FloodAsync(flags),
                "victim" => await Victim.RunAsync(flags),
                "slow" => await SlowAsync(flags),
                "seeder" => await Seeder.RunAsync(flags),
                _ => await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args),
            };
        }
        catch (Exception error) when (error is ArgumentException or FormatException)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return 2;
        }
    }

    private static async Task<int> FloodAsync(Flags flags)
    {
        var options = new FloodOptions
        {
            Count = flags.Count("count", 10_000_000),
            Rate = flags.Count("rate", 20_000),
            Seed = (ulong)flags.Count("seed", 1),
            Kind = flags.Text("kind"),
            Network = new HostNetwork(flags.Text("network") ?? "127.0.0.0"),
            Rest = TimeSpan.FromSeconds(flags.Number("rest", 60)),
        };
        flags.End();
        var report = await new FloodRun(options, Console.Out).RunAsync();
        report.Print(Console.Out);
        return report.IsWithstood ? 0 : 1;
    }

    private static async Task<int> SlowAsync(Flags flags)
    {
        var options = new SlowOptions { Peers = flags.Count("peers", 500), Stay = TimeSpan.FromSeconds(flags.Number("stay", 45)) };
        flags.End();
        var report = await new SlowRun(options, Console.Out).RunAsync();
        report.Print(Console.Out);
        return report.IsWithstood ? 0 : 1;
    }
}
