namespace Nashi.Chat.Ops;

/// <summary>What became of a stranger's op when it was read.</summary>
/// <param name="Envelope">The op; null when it is not known or broken.</param>
/// <param name="Refusal">Why not.</param>
/// <param name="IsCritical">Whether it says that one must not go on without knowing it.</param>
internal readonly record struct DecodedOp(Envelope? Envelope, Refusal Refusal, bool IsCritical);
