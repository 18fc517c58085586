namespace Nashi.Protomux.Rpc;

/// <summary>Why the remote did not answer a request. Its texts are a stranger's.</summary>
/// <param name="Code">A stable code, see <see cref="RpcErrorCodes"/>; others, and null, are possible.</param>
/// <param name="Message">For people.</param>
/// <param name="Cause">What its handler failed with, where it said so.</param>
public sealed record RpcError(string? Code, string Message, RpcErrorCause? Cause = null);
