namespace Nashi.Chat;

/// <summary>A message to be sent.</summary>
/// <param name="Text">Its text.</param>
/// <param name="ReplyTo">What it answers; null for nothing.</param>
public sealed record Draft(string Text, MessageId? ReplyTo = null)
{
    /// <summary>The longest text, in bytes of UTF-8.</summary>
    public const int MaxText = 64 * 1024;
}
