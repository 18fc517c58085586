using System.CommandLine;

namespace Nashi.Cli.Commands;

/// <summary>Options that take several values, comma-separated or repeated.</summary>
internal static class ListOption
{
    public static Option<string[]> Make(string name, string description) => new(name) { Description = description, HelpName = "a,b", DefaultValueFactory = _ => [] };

    public static string[] Split(string[]? values) =>
        [.. (values ?? []).SelectMany(value => value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
}
