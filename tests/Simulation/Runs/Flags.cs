using System.Globalization;

namespace Nashi.Simulation.Runs;

/// <summary>The flags of a command: <c>--name value</c>.</summary>
internal sealed class Flags(IReadOnlyList<string> arguments)
{
    private readonly HashSet<string> _known = [];

    public double Number(string name, double fallback) => Text(name) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : fallback;

    public int Count(string name, int fallback) => Text(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : fallback;

    public string? Text(string name)
    {
        _known.Add("--" + name);
        for (var i = 0; i + 1 < arguments.Count; i += 2)
        {
            if (arguments[i] == "--" + name) return arguments[i + 1];
        }

        return null;
    }

    /// <summary>Complains about flags that nobody asked for.</summary>
    public void End()
    {
        for (var i = 0; i < arguments.Count; i += 2)
        {
            if (!_known.Contains(arguments[i])) throw new ArgumentException($"There is no flag {arguments[i]}. Flags here: {string.Join(' ', _known.Order(StringComparer.Ordinal))}.");
            if (i + 1 == arguments.Count) throw new ArgumentException($"{arguments[i]} needs a value.");
        }
    }
}
