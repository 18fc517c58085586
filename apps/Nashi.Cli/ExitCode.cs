namespace Nashi.Cli;

/// <summary>What the program returns to the shell.</summary>
internal static class ExitCode
{
    /// <summary>It did what was asked.</summary>
    public const int Success = 0;

    /// <summary>It failed; the error says why.</summary>
    public const int Failure = 1;

    /// <summary>The command line was wrong.</summary>
    public const int Usage = 2;

    /// <summary>It was stopped by Ctrl-C or a signal before it was done.</summary>
    public const int Cancelled = 130;
}
