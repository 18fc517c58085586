namespace Nashi.Protomux.Rpc;

/// <summary>How RPC behaves, and what a remote can make it hold.</summary>
public sealed record RpcOptions
{
    /// <summary>The longest name of a method, in bytes of UTF-8.</summary>
    public const int MaxMethodSize = 1024;

    /// <summary>The longest text of an error, in bytes of UTF-8.</summary>
    public const int MaxErrorTextSize = 64 * 1024;
}
