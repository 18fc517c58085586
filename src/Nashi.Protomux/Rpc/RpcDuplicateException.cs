namespace Nashi.Protomux.Rpc;

/// <summary>A channel with this protocol and id is open already on the connection.</summary>
public sealed class RpcDuplicateException : RpcException
{
    internal RpcDuplicateException(string protocol)
        : base(RpcErrorCodes.DuplicateChannel, $"The connection has an open channel '{protocol}' with this id: give each its own id.")
    {
    }
}
