using System.Globalization;
using Nashi.Encoding;

namespace Nashi.Chat;

/// <summary>A message: the place of its op in its writer's log.</summary>
/// <param name="Writer">The core of the device that wrote it.</param>
/// <param name="Length">The length of that core with it.</param>
public readonly record struct MessageId(CoreKey Writer, ulong Length)
{
    /// <summary>Reads what <see cref="ToString"/> gave.</summary>
    public static bool TryParse(string? text, out MessageId id)
    {
        id = default;
        var dot = text?.LastIndexOf('.') ?? -1;
        if (dot < 0 || !Id32.TryParse<CoreKey>(text.AsSpan(0, dot), out var writer)) return false;
        if (!ulong.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length == 0) return false;
        id = new(writer, length);
        return true;
    }

    /// <summary>The writer's key, a dot, and the length.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Writer.Value}.{Length}");
}
