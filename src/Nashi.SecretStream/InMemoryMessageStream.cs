using Nashi.Encoding;

namespace Nashi.SecretStream;

/// <summary>One end of <see cref="MessageStreamPair.CreateInMemory"/>.</summary>
internal sealed class InMemoryMessageStream(
    bool isInitiator, PublicKey local, PublicKey remote, byte[] handshakeHash, MessageQueue outgoing, MessageQueue incoming) : IMessageStream
{
    private readonly CloseSignal _closed = new();

    public bool IsInitiator => isInitiator;

    public PublicKey LocalPublicKey => local;

    public PublicKey RemotePublicKey => remote;

    public ReadOnlyMemory<byte> HandshakeHash => handshakeHash;

    public Task<CloseReason> Closed => _closed.Task;

    public bool Write(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> body)
    {
        var length = (long)prefix.Length + body.Length;
        if (length > IMessageStream.MaxMessageSize) throw new ArgumentException($"A message has at most {IMessageStream.MaxMessageSize} bytes.", nameof(body));
        return outgoing.Write(prefix, body);
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default)
    {
        if (outgoing.IsEnded) throw new MessageStreamClosedException(Reason);
        if (!Write(default, message.Span)) await FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        await outgoing.DrainedAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        if (outgoing.IsEnded) throw new MessageStreamClosedException(Reason);
    }

    public async ValueTask<MessageReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        MessageReadResult result;
        while (!incoming.TryRead(out result, out var readable)) await readable.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (result.IsCompleted) CloseIfBothEnded();
        return result;
    }

    public ValueTask EndAsync(CancellationToken cancellationToken = default)
    {
        outgoing.End(discard: false);
        CloseIfBothEnded();
        return default;
    }

    public void Abort(CloseReason reason)
    {
        _ = _closed.TryClose(reason);
        outgoing.End(discard: false);
        incoming.End(discard: true);
    }

    public ValueTask DisposeAsync()
    {
        Abort(CloseReason.Local);
        return default;
    }

    private CloseReason Reason => _closed.Reason ?? CloseReason.Local;

    private void CloseIfBothEnded()
    {
        if (outgoing.IsEnded && incoming.IsEnded) _ = _closed.TryClose(CloseReason.Ended);
    }
}
