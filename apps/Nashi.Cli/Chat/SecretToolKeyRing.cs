using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using Nashi.Chat.Profiles;

namespace Nashi.Cli.Chat;

/// <summary>The Secret Service of a Linux desktop, by its tool <c>secret-tool</c>. Secrets go through pipes, never on a command line.</summary>
internal sealed class SecretToolKeyRing : IKeyRing
{
    private const string Tool = "secret-tool";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Whether there is a desktop session with a key ring to ask.</summary>
    public static bool IsThere =>
        OperatingSystem.IsLinux()
        && Environment.GetEnvironmentVariable("DBUS_SESSION_BUS_ADDRESS") is { Length: > 0 }
        && (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, Tool)));

    /// <inheritdoc/>
    public async ValueTask<byte[]?> GetAsync(string id, CancellationToken cancellationToken = default)
    {
        var (code, output) = await RunAsync(["lookup", "application", "nashi", "id", id], null, cancellationToken);
        var key = new byte[32];
        return code == 0 && Convert.FromHexString(output.Trim(), key, out _, out var length) == System.Buffers.OperationStatus.Done && length == key.Length ? key : null;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> PutAsync(string id, ReadOnlyMemory<byte> secret, CancellationToken cancellationToken = default)
    {
        var (code, _) = await RunAsync(["store", "--label=nashi chat", "application", "nashi", "id", id], Convert.ToHexStringLower(secret.Span), cancellationToken);
        if (code != 0) return false;
        // A key ring that forgets at once would lock the profile for ever.
        var kept = await GetAsync(id, cancellationToken);
        return kept is not null && CryptographicOperations.FixedTimeEquals(kept, secret.Span);
    }

    private static async Task<(int Code, string Output)> RunAsync(string[] arguments, string? input, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            using var process = Process.Start(new ProcessStartInfo(Tool, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
            if (input is not null) await process.StandardInput.WriteAsync(input.AsMemory(), patience.Token);
            process.StandardInput.Close();
            var output = await process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, output);
        }
        catch (Exception error) when (error is Win32Exception or IOException || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return (-1, "");
        }
    }
}
