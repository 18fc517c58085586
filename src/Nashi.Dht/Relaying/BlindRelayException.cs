using Nashi.Encoding;

namespace Nashi.Dht.Relaying;

/// <summary>No way through a blind relay: it refused, the other side did not come, or the relay went away.</summary>
public sealed class BlindRelayException : NashiException
{
    internal BlindRelayException(string code, PublicKey relay, string message)
        : base(code, message) => Relay = relay;

    /// <summary>Which relay.</summary>
    public PublicKey Relay { get; }

    /// <inheritdoc />
    public override bool IsTransient => true;
}
