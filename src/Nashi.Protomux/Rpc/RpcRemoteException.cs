namespace Nashi.Protomux.Rpc;

/// <summary>The remote answered with an error. Message, code and cause are its own words.</summary>
public sealed class RpcRemoteException : RpcException
{
    internal RpcRemoteException(string method, RpcError error)
        : base(error.Code ?? RpcErrorCodes.RequestError, Describe(method, error)) => Error = error;

    /// <summary>What the remote answered.</summary>
    public RpcError Error { get; }

    /// <summary>What its handler failed with, where it said so. Named so that it is not taken for <see cref="Exception.InnerException"/>.</summary>
    public RpcErrorCause? RemoteCause => Error.Cause;

    private static string Describe(string method, RpcError error) =>
        error.Cause is { } cause ? $"'{method}' failed at the remote: {error.Message}: {cause.Message}" : $"'{method}' failed at the remote: {error.Message}";
}
