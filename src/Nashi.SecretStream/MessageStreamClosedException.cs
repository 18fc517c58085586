namespace Nashi.SecretStream;

/// <summary>The connection is closed or ended, so nothing more can be sent.</summary>
public sealed class MessageStreamClosedException : NashiException
{
    /// <summary>Makes the failure.</summary>
    public MessageStreamClosedException(CloseReason reason)
        : base("STREAM_CLOSED", $"The connection is closed: {reason?.Message}", reason?.Error) => Reason = reason ?? CloseReason.Local;

    /// <summary>Why it closed.</summary>
    public CloseReason Reason { get; }

    /// <inheritdoc />
    public override bool IsTransient => true;
}
