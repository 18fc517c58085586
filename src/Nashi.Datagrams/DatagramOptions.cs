namespace Nashi.Datagrams;

/// <summary>How a socket is opened.</summary>
public sealed record DatagramOptions
{
    /// <summary>The defaults.</summary>
    public static DatagramOptions Default { get; } = new();

    /// <summary>Use the portable implementation even where a faster one exists.</summary>
    public bool IsPortable { get; init; }

    /// <summary>The system's receive buffer in bytes; what it grants may be less. Default 4 MiB.</summary>
    public int ReceiveBufferSize { get; init; } = 4 << 20;

    /// <summary>The system's send buffer in bytes; what it grants may be less. Default 2 MiB.</summary>
    public int SendBufferSize { get; init; } = 2 << 20;
}
