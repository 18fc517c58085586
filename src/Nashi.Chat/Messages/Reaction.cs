using Nashi.Encoding;

namespace Nashi.Chat;

/// <summary>One reaction to a message.</summary>
/// <param name="Emoji">What it is.</param>
/// <param name="By">Who gave it.</param>
public sealed record Reaction(string Emoji, IReadOnlyList<PublicKey> By);
