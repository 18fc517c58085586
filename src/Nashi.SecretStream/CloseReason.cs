namespace Nashi.SecretStream;

/// <summary>Why a connection ended. The first reason is kept; later ones are ignored.</summary>
/// <param name="Kind">For code.</param>
/// <param name="Message">For people: what happened. Never holds payload or secrets.</param>
/// <param name="Error">The cause, where an exception was one.</param>
public sealed record CloseReason(CloseKind Kind, string Message, Exception? Error = null)
{
    /// <summary>Both sides ended in order.</summary>
    public static CloseReason Ended { get; } = new(CloseKind.Ended, "Both sides ended.");

    /// <summary>This side closed it.</summary>
    public static CloseReason Local { get; } = new(CloseKind.Local, "Closed by this side.");

    /// <summary>The raw stream below went away.</summary>
    public static CloseReason RawClosed { get; } = new(CloseKind.RawClosed, "The connection below was closed.");

    /// <summary>Nothing was heard for longer than the timeout.</summary>
    public static CloseReason Timeout { get; } = new(CloseKind.Timeout, "Stream timed out: nothing was heard from the peer.");

    /// <summary>Whether the connection ended without fault of either side.</summary>
    public bool IsClean => Kind is CloseKind.Ended or CloseKind.Local;
}
