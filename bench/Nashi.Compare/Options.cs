using System.Globalization;

namespace Nashi.Compare;

/// <summary>program mode --name=value …</summary>
internal sealed class Options
{
    private readonly Dictionary<string, string> _values = [];

    public string Program { get; private init; } = "";

    public string Mode { get; private init; } = "";

    public bool IsServer => Mode == "server";

    public static Options Parse(string[] args)
    {
        var options = new Options { Program = args.ElementAtOrDefault(0) ?? "", Mode = args.ElementAtOrDefault(1) ?? "" };
        foreach (var arg in args.Skip(2))
        {
            var parts = arg.TrimStart('-').Split('=', 2);
            options._values[parts[0]] = parts.ElementAtOrDefault(1) ?? "";
        }

        return options;
    }

    public string Text(string name) => _values[name];

    public long Number(string name, long fallback = 0) =>
        _values.TryGetValue(name, out var text) ? long.Parse(text, CultureInfo.InvariantCulture) : fallback;
}
