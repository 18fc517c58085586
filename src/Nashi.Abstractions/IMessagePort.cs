namespace Nashi;

/// <summary>The unordered, unreliable side of a stream: single datagrams beside its bytes.</summary>
/// <remarks>A raw stream that has one (UDX) lets the encrypted stream above offer it too. Implementations are thread-safe.</remarks>
public interface IMessagePort
{
    /// <summary>The longest message that fits one datagram now, in bytes.</summary>
    int MaxMessageSize { get; }

    /// <summary>Sends one message, which may be lost, repeated or reordered.</summary>
    /// <returns>False when it is too long or the stream is closed.</returns>
    bool TrySendMessage(ReadOnlySpan<byte> message);

    /// <summary>Sets who receives messages; the handler must return at once and must not keep the bytes.</summary>
    void SetMessageHandler(MessageHandler? handler);
}
