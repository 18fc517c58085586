namespace Nashi.Cli.Health;

/// <summary>Something that went wrong in an earlier run.</summary>
/// <param name="At">When.</param>
/// <param name="Command">In which command.</param>
/// <param name="Code">What, for programs.</param>
/// <param name="Message">What, and what to try, for people.</param>
internal sealed record PastFailure(DateTimeOffset At, string Command, string Code, string Message);
