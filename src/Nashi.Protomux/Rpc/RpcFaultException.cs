namespace Nashi.Protomux.Rpc;

/// <summary>Thrown by a handler to tell the remote why its request failed: all of it is sent.</summary>
public sealed class RpcFaultException : Exception
{
    /// <summary>Makes a failure that the remote is told.</summary>
    /// <param name="message">For people.</param>
    /// <param name="code">A code of the application.</param>
    /// <param name="context">More about the case.</param>
    public RpcFaultException(string message, string? code = null, string? context = null)
        : base(message)
    {
        Code = code;
        Context = context;
    }

    /// <summary>A code of the application.</summary>
    public string? Code { get; }

    /// <summary>More about the case.</summary>
    public string? Context { get; }
}
