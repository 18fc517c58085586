namespace Nashi.Cli;

/// <summary>A command could not do what was asked.</summary>
internal sealed class CliException(string code, string message) : NashiException(code, message);
