using System.Globalization;

namespace Nashi.TestKit;

/// <summary>The flags of a command: <c>--name=value</c>, or <c>--name</c> alone for yes.</summary>
public sealed class Flags(IReadOnlyList<string> arguments)
{
    private readonly HashSet<string> _known = [];

    /// <summary>A number, perhaps with a fraction.</summary>
    public double Number(string name, double fallback) => Text(name) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : fallback;

    /// <summary>A whole number.</summary>
    public int Count(string name, int fallback) =>
        Text(name) is { } text ? int.Parse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowThousands, CultureInfo.InvariantCulture) : fallback;

    /// <summary>Whether it was given.</summary>
    public bool Is(string name) => Text(name) is not null;

    /// <summary>A word; null when it was not given.</summary>
    public string? Text(string name)
    {
        _known.Add("--" + name);
        foreach (var argument in arguments)
        {
            if (argument == "--" + name) return string.Empty;
            if (argument.StartsWith($"--{name}=", StringComparison.Ordinal)) return argument[(name.Length + 3)..];
        }

        return null;
    }

    /// <summary>Complains about flags that nobody asked for.</summary>
    public void End()
    {
        foreach (var argument in arguments)
        {
            if (!_known.Contains(argument.Split('=', 2)[0]))
                throw new ArgumentException($"There is no flag {argument}. Flags here: {string.Join(' ', _known.Order(StringComparer.Ordinal))}.");
        }
    }
}
