namespace Nashi.Protomux.Rpc;

/// <summary>No answer came in time. The remote may have acted on the request all the same.</summary>
public sealed class RpcTimeoutException : RpcException
{
    internal RpcTimeoutException(string method, TimeSpan timeout)
        : base(RpcErrorCodes.TimeoutExceeded, $"'{method}' was not answered within {timeout.TotalMilliseconds} ms.") => Timeout = timeout;

    /// <summary>How long it was waited for.</summary>
    public TimeSpan Timeout { get; }

    /// <inheritdoc />
    public override bool IsTransient => true;
}
