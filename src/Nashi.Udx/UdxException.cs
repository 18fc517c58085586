namespace Nashi.Udx;

/// <summary>A stream was closed while it was used.</summary>
public sealed class UdxException(UdxCloseReason reason)
    : NashiException(CodeOf(reason), $"The stream is closed: {reason?.Message}")
{
    /// <summary>Why it was closed.</summary>
    public UdxCloseReason Reason { get; } = reason;

    /// <inheritdoc />
    public override bool IsTransient => Reason.Kind is UdxCloseKind.TimedOut or UdxCloseKind.Reset;

    private static string CodeOf(UdxCloseReason reason) => reason?.Kind switch
    {
        UdxCloseKind.Reset => "ECONNRESET",
        UdxCloseKind.TimedOut => "ETIMEDOUT",
        _ => "STREAM_CLOSED",
    };
}
