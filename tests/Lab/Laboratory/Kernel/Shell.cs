using System.Diagnostics;

namespace Nashi.Laboratory.Kernel;

/// <summary>Short commands: what they are told on standard input, what they said, and an exception when they failed.</summary>
internal static class Shell
{
    public static string Feed(NetSpace space, string program, IEnumerable<string> arguments, string input) => space.Run(() => FeedHere(program, arguments, input));

    /// <summary>In the namespace of the calling thread: a child is born where its mother stands.</summary>
    public static string FeedHere(string program, IEnumerable<string> arguments, string input)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using var process = Process.Start(start) ?? throw new LabException($"{program} did not start");
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode == 0) return output;
#pragma warning disable VSTHRD002 // The process has ended, and with it its output.
        throw new LabException($"{program} {string.Join(' ', start.ArgumentList)}: {errors.Result.Trim()}\n{input}");
#pragma warning restore VSTHRD002
    }

    public static bool Has(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(["/usr/sbin", "/sbin", "/usr/local/bin"]).Any(folder => File.Exists(Path.Combine(folder, program)));
}
