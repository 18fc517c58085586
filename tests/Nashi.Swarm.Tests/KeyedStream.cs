using Nashi.Encoding;
using Nashi.SecretStream;

namespace Nashi.Swarm.Tests;

/// <summary>A stream in memory under given keys.</summary>
internal sealed class KeyedStream(IMessageStream inner, PublicKey local, PublicKey remote) : IMessageStream
{
    public bool IsInitiator => inner.IsInitiator;

    public PublicKey LocalPublicKey => local;

    public PublicKey RemotePublicKey => remote;

    public ReadOnlyMemory<byte> HandshakeHash => inner.HandshakeHash;

    public Task<CloseReason> Closed => inner.Closed;

    public bool Write(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> body) => prefix.IsEmpty && body.IsEmpty || inner.Write(prefix, body);

    public ValueTask WriteAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default) => inner.WriteAsync(message, cancellationToken);

    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

    public ValueTask<MessageReadResult> ReadAsync(CancellationToken cancellationToken = default) => inner.ReadAsync(cancellationToken);

    public ValueTask EndAsync(CancellationToken cancellationToken = default) => inner.EndAsync(cancellationToken);

    public void Abort(CloseReason reason) => inner.Abort(reason);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
