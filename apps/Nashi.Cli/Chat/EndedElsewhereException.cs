namespace Nashi.Cli.Chat;

/// <summary>The command ran in another program, which has said all there is to say.</summary>
internal sealed class EndedElsewhereException(int exitCode) : Exception("The command ended in another program.")
{
    /// <summary>What it returns to the shell.</summary>
    public int ExitCode { get; } = exitCode;
}
