namespace Nashi.Protomux.Rpc;

/// <summary>The codes of RPC failures.</summary>
public static class RpcErrorCodes
{
    /// <summary>The remote has no such method.</summary>
    public const string UnknownMethod = "UNKNOWN_METHOD";

    /// <summary>The remote's handler failed; the cause says how.</summary>
    public const string RequestError = "REQUEST_ERROR";

    /// <summary>A value could not be decoded: the request by the remote, or the answer by us.</summary>
    public const string DecodeError = "DECODE_ERROR";

    /// <summary>The remote could not encode its answer.</summary>
    public const string EncodeError = "ENCODE_ERROR";

    /// <summary>The channel closed before the answer came.</summary>
    public const string ChannelClosed = "CHANNEL_CLOSED";

    /// <summary>This side destroyed the channel before the answer came.</summary>
    public const string ChannelDestroyed = "CHANNEL_DESTROYED";

    /// <summary>A channel with this protocol and id is open already.</summary>
    public const string DuplicateChannel = "DUPLICATE_CHANNEL";

    /// <summary>No answer came in time.</summary>
    public const string TimeoutExceeded = "TIMEOUT_EXCEEDED";

    /// <summary>Too many requests at once, or too large a value. Not a code of the reference, which has no limits.</summary>
    public const string LimitExceeded = "LIMIT_EXCEEDED";
}
