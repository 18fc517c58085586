namespace Nashi.Cli.Commands;

/// <summary>Bytes on standard output, as they are.</summary>
internal static class RawOutput
{
    private static readonly Stream Output = Console.OpenStandardOutput();

    /// <summary>Writes bytes, unless standard output carries JSON.</summary>
    public static async ValueTask WriteAsync(CliContext context, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        if (context.Reporter.IsJson) return;
        await Output.WriteAsync(bytes, cancellation).ConfigureAwait(false);
        await Output.FlushAsync(cancellation).ConfigureAwait(false);
    }
}
