namespace Nashi.Dht.Rpc;

/// <summary>Error codes in responses. Source: network.md §2.4, §3.1.</summary>
internal static class RpcError
{
    /// <summary>None.</summary>
    public const ulong None = 0;

    /// <summary>The command is not known, or not answered by this node.</summary>
    public const ulong UnknownCommand = 1;

    /// <summary>The token is wrong or too old.</summary>
    public const ulong InvalidToken = 2;

    /// <summary>Another value was stored under the same sequence number.</summary>
    public const ulong SequenceReused = 16;

    /// <summary>A later value is stored.</summary>
    public const ulong SequenceTooLow = 17;
}
