namespace Nashi.Protomux.Rpc;

/// <summary>The base of every failure of a request.</summary>
public abstract class RpcException : NashiException
{
    private protected RpcException(string code, string message, Exception? inner = null)
        : base(code, message, inner)
    {
    }
}
