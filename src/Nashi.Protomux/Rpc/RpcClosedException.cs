namespace Nashi.Protomux.Rpc;

/// <summary>The channel closed before the answer came, or was closed already. The remote may have acted on the request all the same.</summary>
public sealed class RpcClosedException : RpcException
{
    internal RpcClosedException(string code, string message, Exception? inner = null)
        : base(code, message, inner)
    {
    }

    /// <inheritdoc />
    public override bool IsTransient => Code == RpcErrorCodes.ChannelClosed;
}
