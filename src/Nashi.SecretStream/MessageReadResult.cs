namespace Nashi.SecretStream;

/// <summary>What one read of an <see cref="IMessageStream"/> gave.</summary>
/// <param name="Message">The message, valid until the next read; may be empty. Empty when <paramref name="IsCompleted"/>.</param>
/// <param name="IsCompleted">True when the remote ended or the stream closed: no message follows.</param>
public readonly record struct MessageReadResult(ReadOnlyMemory<byte> Message, bool IsCompleted)
{
    /// <summary>The end.</summary>
    public static MessageReadResult Completed { get; } = new(default, IsCompleted: true);
}
