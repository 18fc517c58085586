using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Nashi.Cli.Chat.Screen;

/// <summary>The terminal the user sits at, whatever standard input and output are: keys as they are pressed, without echo, and the mode of before when it is let go.</summary>
internal sealed unsafe partial class Tty : IDisposable
{
    private const int ModeSize = 512;
    private const ulong WindowSizeOfLinux = 0x5413;
    private const int InputOfWindows = -10;
    private const int OutputOfWindows = -11;
    private const uint VirtualTerminalInput = 0x0200;
    private const uint VirtualTerminalOutput = 0x0005;

    private readonly FileStream _file;
    private readonly FileStream _output;
    private readonly byte[] _before = new byte[ModeSize];
    private readonly uint _beforeOnWindows;
    private int _isRestored;

    private Tty(FileStream file, FileStream output)
    {
        (_file, _output) = (file, output);
        if (OperatingSystem.IsWindows())
        {
            _ = GetConsoleMode(file.SafeFileHandle, out _beforeOnWindows);
            _ = GetConsoleMode(output.SafeFileHandle, out var drawing);
            _ = SetConsoleMode(file.SafeFileHandle, VirtualTerminalInput);
            _ = SetConsoleMode(output.SafeFileHandle, drawing | VirtualTerminalOutput);
            return;
        }

        var raw = new byte[ModeSize];
        fixed (byte* before = _before, next = raw)
        {
            if (tcgetattr(file.SafeFileHandle, before) != 0) throw new IOException("The terminal's mode cannot be read.");
            // The structure differs from system to system: only the system looks into it.
            _before.CopyTo(raw, 0);
            cfmakeraw(next);
            _ = tcsetattr(file.SafeFileHandle, 0, next);
        }

        AppDomain.CurrentDomain.ProcessExit += Restore;
    }

    /// <summary>Its width and height in cells.</summary>
    public (int Width, int Height) Size
    {
        get
        {
            var size = stackalloc ushort[4];
            if (OperatingSystem.IsLinux()) return ioctl(_file.SafeFileHandle, WindowSizeOfLinux, size) == 0 && size[0] > 0 ? (size[1], size[0]) : (80, 24);
            return (Console.WindowWidth, Console.WindowHeight);
        }
    }

    /// <summary>Takes the terminal over; null when there is none.</summary>
    public static Tty? TryOpen()
    {
        try
        {
            return OperatingSystem.IsWindows()
                ? new Tty(new FileStream(GetStdHandle(InputOfWindows), FileAccess.Read, 0), new FileStream(GetStdHandle(OutputOfWindows), FileAccess.Write, 0))
                : Open("/dev/tty");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Reads what was pressed; blocks.</summary>
    public int Read(Span<byte> bytes) => _file.Read(bytes);

    /// <summary>Writes text.</summary>
    public void Write(string text)
    {
        _output.Write(System.Text.Encoding.UTF8.GetBytes(text));
        _output.Flush();
    }

    /// <summary>Lets it go, in the mode of before.</summary>
    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= Restore;
        Restore(null, EventArgs.Empty);
        // The stream stays open: somebody may be blocked in reading from it.
    }

    private static Tty Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, 0);
        try
        {
            return new Tty(file, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private void Restore(object? sender, EventArgs e)
    {
        if (Interlocked.Exchange(ref _isRestored, 1) != 0) return;
        if (OperatingSystem.IsWindows())
        {
            _ = SetConsoleMode(_file.SafeFileHandle, _beforeOnWindows);
            return;
        }

        fixed (byte* before = _before) _ = tcsetattr(_file.SafeFileHandle, 0, before);
    }

    [LibraryImport("libc")]
    private static partial int tcgetattr(SafeFileHandle file, byte* mode);

    [LibraryImport("libc")]
    private static partial int tcsetattr(SafeFileHandle file, int when, byte* mode);

    [LibraryImport("libc")]
    private static partial void cfmakeraw(byte* mode);

    [LibraryImport("libc")]
    private static partial int ioctl(SafeFileHandle file, ulong request, ushort* size);

    [LibraryImport("kernel32")]
    private static partial SafeFileHandle GetStdHandle(int which);

    [LibraryImport("kernel32")]
    private static partial int GetConsoleMode(SafeFileHandle file, out uint mode);

    [LibraryImport("kernel32")]
    private static partial int SetConsoleMode(SafeFileHandle file, uint mode);
}
