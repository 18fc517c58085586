namespace Nashi.Protomux.Rpc;

/// <summary>What a handler failed with, as the other side is told.</summary>
/// <param name="Message">For people.</param>
/// <param name="Code">A code of the application.</param>
/// <param name="Context">More about the case, of the application.</param>
public sealed record RpcErrorCause(string Message, string? Code = null, string? Context = null);
