namespace Nashi.SecretStream;

/// <summary>No encrypted stream came about: the handshake was refused, cut short or took too long.</summary>
public sealed class SecretStreamHandshakeException : NashiException
{
    /// <summary>Makes the failure.</summary>
    public SecretStreamHandshakeException(CloseReason reason)
        : base("HANDSHAKE_FAILED", $"The handshake failed: {reason?.Message}", reason?.Error) => Reason = reason ?? CloseReason.RawClosed;

    /// <summary>What went wrong.</summary>
    public CloseReason Reason { get; }

    /// <inheritdoc />
    public override bool IsTransient => Reason.Kind is CloseKind.Timeout or CloseKind.RawClosed;
}
