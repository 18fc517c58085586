namespace Nashi.SecretStream;

/// <summary>Why a connection ended, as far as code must tell cases apart.</summary>
public enum CloseKind
{
    /// <summary>Both sides ended in order.</summary>
    Ended,

    /// <summary>This side closed or disposed it.</summary>
    Local,

    /// <summary>The raw stream below went away.</summary>
    RawClosed,

    /// <summary>Nothing was heard for longer than the timeout.</summary>
    Timeout,

    /// <summary>The Noise handshake failed: wrong key, bad point, wrong pattern or truncated.</summary>
    HandshakeFailed,

    /// <summary>The stream header was malformed or belongs to another handshake.</summary>
    InvalidHeader,

    /// <summary>A frame was malformed.</summary>
    InvalidFrame,

    /// <summary>A frame was longer than allowed.</summary>
    FrameTooLarge,

    /// <summary>A frame was not authentic.</summary>
    NotAuthentic,

    /// <summary>The remote broke the rules of a protocol above.</summary>
    ProtocolViolation,

    /// <summary>The remote used more than its share: channels, buffered bytes, nesting.</summary>
    LimitExceeded,

    /// <summary>A handler of ours failed.</summary>
    HandlerFailed,

    /// <summary>The counter of unordered messages wrapped around.</summary>
    NonceExhausted,

    /// <summary>The peer answers, but no longer on this path: it was restarted, or a router between forgot the connection. Connecting again works.</summary>
    PeerMoved,
}
