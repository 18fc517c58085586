using System.Globalization;

namespace Nashi.Cli.BlindPeers;

/// <summary>Sizes as people write them: <c>10GB</c>, <c>500 MB</c>, <c>4GiB</c>, or bytes.</summary>
internal static class ByteCount
{
    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
        ("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
        ("K", 1_000), ("M", 1_000_000), ("G", 1_000_000_000), ("T", 1_000_000_000_000), ("B", 1),
    ];

    /// <summary>Reads one; false when it is none, or no more than nothing.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        var number = text.AsSpan().Trim();
        var factor = 1L;
        foreach (var (unit, size) in Units)
        {
            if (!number.EndsWith(unit, StringComparison.OrdinalIgnoreCase)) continue;
            number = number[..^unit.Length].TrimEnd();
            factor = size;
            break;
        }

        bytes = 0;
        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) || value > long.MaxValue / factor) return false;
        bytes = (long)(value * factor);
        return bytes > 0;
    }
}
