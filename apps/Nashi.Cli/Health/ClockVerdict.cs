namespace Nashi.Cli.Health;

/// <summary>Whether this machine's clock is right, and how we know.</summary>
/// <param name="State">For programs.</param>
/// <param name="Text">For people.</param>
internal sealed record ClockVerdict(ClockState State, string Text);
