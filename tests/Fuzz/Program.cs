using Nashi.Fuzz.Guided;
using Nashi.TestKit;

namespace Nashi.Fuzz;

/// <summary>Commands for long runs (see <c>tests/Fuzz/run</c>); any other argument is for the test runner.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        try
        {
            var flags = new Flags([.. args.Skip(1)]);
            return args.FirstOrDefault() switch
            {
                "instrument" => Instrument(flags),
                "fuzz" => await FuzzDriver.RunAsync(flags),
                "fuzz-one" => FuzzChild.Run(flags),
                "replay" => Replay(flags),
                _ => await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args),
            };
        }
        catch (Exception error) when (error is ArgumentException or FormatException)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return 2;
        }
    }

    // One input, by hand: what became of it.
    private static int Replay(Flags flags)
    {
        var name = flags.Text("target");
        var input = Convert.FromHexString(flags.Text("input") ?? string.Empty);
        flags.End();
        var target = Targets.All.SingleOrDefault(target => target.Name == name) ?? throw new ArgumentException("Say which: --target=name --input=hex");
        var accepted = Trial.Run(target, input, out var fault);
        Console.WriteLine(fault ?? (accepted ? "accepted" : "refused"));
        return fault is null ? 0 : 1;
    }

    // Every branch of our libraries reports where it went.
    private static int Instrument(Flags flags)
    {
        var folder = flags.Text("in") ?? throw new ArgumentException("Say where: --in=folder");
        flags.End();
        foreach (var file in Directory.GetFiles(folder, "Nashi.*.dll"))
        {
            if (Path.GetFileName(file) is "Nashi.Fuzz.dll" or "Nashi.TestKit.dll" or "Nashi.Abstractions.dll") continue;
            foreach (var type in SharpFuzz.Fuzzer.Instrument(file, static _ => true, SharpFuzz.Options.Value)) ArgumentNullException.ThrowIfNull(type);
        }

        return 0;
    }
}
