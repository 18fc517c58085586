using System.Globalization;
using System.Text;

namespace Nashi.Cli.Chat.Screen;

/// <summary>How a cell looks. What matters is never told by colour alone.</summary>
/// <param name="Color">The terminal's own colour 1 to 15; 0 for its usual one.</param>
/// <param name="IsBold">In bold.</param>
/// <param name="IsDim">Fainter.</param>
/// <param name="IsInverse">Foreground and background exchanged.</param>
internal readonly record struct CellStyle(byte Color = 0, bool IsBold = false, bool IsDim = false, bool IsInverse = false)
{
    public static readonly CellStyle Plain;
    public static readonly CellStyle Bold = new(IsBold: true);
    public static readonly CellStyle Dim = new(IsDim: true);
    public static readonly CellStyle Inverse = new(IsInverse: true);

    /// <summary>The sequence that makes it so, whatever was before.</summary>
    public string ToSequence(bool usesColor)
    {
        var sequence = new StringBuilder("\u001b[0");
        if (IsBold) _ = sequence.Append(";1");
        if (IsDim) _ = sequence.Append(";2");
        if (IsInverse) _ = sequence.Append(";7");
        if (usesColor && Color > 0) _ = sequence.Append(CultureInfo.InvariantCulture, $";{(Color < 8 ? 30 + Color : 82 + Color)}");
        return sequence.Append('m').ToString();
    }
}
