namespace Nashi.Udx;

/// <summary>Why a stream ended. The first reason is kept.</summary>
/// <param name="Kind">For code.</param>
/// <param name="Message">For people.</param>
public sealed record UdxCloseReason(UdxCloseKind Kind, string Message)
{
    /// <summary>Both sides ended in order.</summary>
    public static UdxCloseReason Ended { get; } = new(UdxCloseKind.Ended, "Both sides ended.");

    /// <summary>This side aborted it.</summary>
    public static UdxCloseReason Local { get; } = new(UdxCloseKind.Local, "Aborted by this side.");

    /// <summary>The remote aborted it.</summary>
    public static UdxCloseReason Reset { get; } = new(UdxCloseKind.Reset, "Aborted by the remote.");

    /// <summary>The remote stopped answering.</summary>
    public static UdxCloseReason TimedOut { get; } = new(UdxCloseKind.TimedOut, "The remote stopped answering.");

    /// <summary>The socket was closed.</summary>
    public static UdxCloseReason SocketClosed { get; } = new(UdxCloseKind.SocketClosed, "The socket was closed.");
}
