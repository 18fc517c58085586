namespace Nashi.Udx;

/// <summary>Why a stream ended, as far as code must tell cases apart.</summary>
public enum UdxCloseKind
{
    /// <summary>Both sides ended in order and everything was delivered.</summary>
    Ended,

    /// <summary>This side aborted it.</summary>
    Local,

    /// <summary>The remote aborted it.</summary>
    Reset,

    /// <summary>Nothing was acknowledged although it was sent again and again.</summary>
    TimedOut,

    /// <summary>The socket below was closed.</summary>
    SocketClosed,
}
