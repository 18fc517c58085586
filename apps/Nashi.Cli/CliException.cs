namespace Nashi.Cli;

/// <summary>A command could not do what was asked.</summary>
internal sealed class CliException(string code, string message) : NashiException(code, message)
{
    /// <summary>Whether the command line was at fault.</summary>
    public bool IsUsage => Code is "ERR_INVALID_INPUT";

    /// <summary>The command line was wrong in a way that the parser cannot see.</summary>
    public static CliException Usage(string message) => new("ERR_INVALID_INPUT", message);
}
