namespace Nashi.Protomux.Rpc;

/// <summary>The answer came, and is not what the method promises.</summary>
public sealed class RpcDecodeException : RpcException
{
    internal RpcDecodeException(string method, Exception? inner)
        : base(RpcErrorCodes.DecodeError, $"The answer to '{method}' could not be decoded.", inner)
    {
    }
}
