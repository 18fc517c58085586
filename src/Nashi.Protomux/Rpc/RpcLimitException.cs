namespace Nashi.Protomux.Rpc;

/// <summary>Too many requests at once, or too large a value: see <see cref="RpcOptions"/>.</summary>
public sealed class RpcLimitException : RpcException
{
    internal RpcLimitException(string message)
        : base(RpcErrorCodes.LimitExceeded, message)
    {
    }
}
