using Nashi.Encoding;

namespace Nashi.Dht;

/// <summary>The peer answered, but no direct path to it could be opened.</summary>
public sealed class HolepunchFailedException : NashiException
{
    internal HolepunchFailedException(string code, PublicKey peer, string message, bool needsRelay)
        : base(code, message)
    {
        Peer = peer;
        NeedsRelay = needsRelay;
    }

    /// <summary>Whom we called.</summary>
    public PublicKey Peer { get; }

    /// <summary>Whether trying again is of no use, and only a relay that both can reach would help.</summary>
    public bool NeedsRelay { get; }

    /// <inheritdoc />
    public override bool IsTransient => !NeedsRelay;
}
