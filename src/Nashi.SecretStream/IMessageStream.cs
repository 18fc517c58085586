using Nashi.Encoding;

namespace Nashi.SecretStream;

/// <summary>Whole messages, in order, over an authenticated connection to one peer.</summary>
/// <remarks>
/// Any thread may write; one reader at a time. Misbehaviour of the remote never throws: reading completes and <see cref="Closed"/> says why.
/// Source: network.md §4.2.
/// </remarks>
public interface IMessageStream : IAsyncDisposable
{
    /// <summary>The longest message of the format, in bytes: a 24-bit frame less the 17 bytes of encryption.</summary>
    const int MaxMessageSize = 0xffffff - 17;

    /// <summary>Whether this side opened the connection.</summary>
    bool IsInitiator { get; }

    /// <summary>Who we are to the remote.</summary>
    PublicKey LocalPublicKey { get; }

    /// <summary>Who the remote proved to be.</summary>
    PublicKey RemotePublicKey { get; }

    /// <summary>64 bytes, equal on both sides and unique to this connection: binds capabilities to it.</summary>
    ReadOnlyMemory<byte> HandshakeHash { get; }

    /// <summary>Completes once, when nothing more can be sent or received; never faults.</summary>
    Task<CloseReason> Closed { get; }

    /// <summary>Queues one message made of two parts, at once, copying them.</summary>
    /// <returns>
    /// False when more than the high-water mark is queued (await <see cref="FlushAsync"/> before writing more) or when the stream is closed or ended
    /// (the message is dropped).
    /// </returns>
    /// <exception cref="ArgumentException">Longer than <see cref="MaxMessageSize"/>.</exception>
    bool Write(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> body);

    /// <summary>Queues one message at once, copying it: see <see cref="Write(ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>.</summary>
    bool Write(ReadOnlySpan<byte> message) => Write(default, message);

    /// <summary>Queues one message, copying it, and waits while more than the high-water mark is queued.</summary>
    /// <exception cref="MessageStreamClosedException">The stream is closed or ended.</exception>
    ValueTask WriteAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default);

    /// <summary>Waits until what was queued before has been handed to the transport.</summary>
    /// <exception cref="MessageStreamClosedException">The stream closed first.</exception>
    ValueTask FlushAsync(CancellationToken cancellationToken = default);

    /// <summary>Reads the next message. Only one read at a time.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is lost, the next read goes on.</exception>
    ValueTask<MessageReadResult> ReadAsync(CancellationToken cancellationToken = default);

    /// <summary>Ends our sending side after what is queued; reading goes on until the remote ends too.</summary>
    ValueTask EndAsync(CancellationToken cancellationToken = default);

    /// <summary>Closes at once, dropping what is queued. Idempotent.</summary>
    void Abort(CloseReason reason);
}
