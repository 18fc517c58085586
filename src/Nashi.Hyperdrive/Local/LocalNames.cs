using System.Buffers;

namespace Nashi.Hyperdrive.Local;

/// <summary>Which names may become names of files on disk.</summary>
internal static class LocalNames
{
    public const string TempPrefix = ".nashi-";
    public const string TempSuffix = ".tmp";
    private const int MaxBytes = 255;

    private static readonly SearchValues<char> Forbidden = SearchValues.Create("<>:\"|?*");

    private static readonly HashSet<string> Devices = new(StringComparer.OrdinalIgnoreCase)
    {
        "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$",
        "COM0", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9", "COM¹", "COM²", "COM³",
        "LPT0", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9", "LPT¹", "LPT²", "LPT³",
    };

    public static void Require(string path, string name, bool portable)
    {
        if (name.Contains('\0', StringComparison.Ordinal)) throw DrivePathException.Refused(path, "it holds a NUL");
        if (System.Text.Encoding.UTF8.GetByteCount(name) > MaxBytes) throw DrivePathException.Refused(path, $"a name in it has more than {MaxBytes} bytes");
        if (HasLoneSurrogate(name)) throw DrivePathException.Refused(path, "a name in it is not valid text");
        if (name.Contains('\\', StringComparison.Ordinal)) throw DrivePathException.Refused(path, "a name in it holds a backslash");
        if (portable) RequirePortable(path, name);
    }

    public static bool IsTemp(ReadOnlySpan<char> name) => name.StartsWith(TempPrefix) && name.EndsWith(TempSuffix);

    private static void RequirePortable(string path, string name)
    {
        if (name.AsSpan().ContainsAny(Forbidden) || name.Any(c => c < ' ')) throw DrivePathException.Refused(path, "a name in it holds a character that not every system can store");
        if (name[^1] is '.' or ' ') throw DrivePathException.Refused(path, "a name in it ends with a dot or a space");
        if (Devices.Contains(name.Split('.')[0].TrimEnd())) throw DrivePathException.Refused(path, "a name in it is that of a device");
    }

    private static bool HasLoneSurrogate(string name)
    {
        for (var i = 0; i < name.Length; i++)
        {
            if (!char.IsSurrogate(name[i])) continue;
            if (i + 1 >= name.Length || !char.IsSurrogatePair(name[i], name[i + 1])) return true;
            i++;
        }

        return false;
    }
}
