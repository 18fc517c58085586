using Nashi.Encoding;

namespace Nashi.Dht;

/// <summary>The peer is known but no connection came about: it did not answer, refused, or speaks another version.</summary>
public sealed class PeerConnectFailedException : NashiException
{
    internal PeerConnectFailedException(string code, PublicKey peer, string message, bool isTransient, Exception? inner = null)
        : base(code, message, inner)
    {
        Peer = peer;
        IsTransient = isTransient;
    }

    /// <summary>Whom we called.</summary>
    public PublicKey Peer { get; }

    /// <inheritdoc />
    public override bool IsTransient { get; }
}
