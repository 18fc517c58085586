namespace Nashi.Protomux;

/// <summary>Which channel to open.</summary>
public sealed record ChannelOptions
{
    /// <summary>The longest protocol name, in bytes of UTF-8.</summary>
    public const int MaxProtocolSize = 1024;

    /// <summary>The longest id, in bytes.</summary>
    public const int MaxIdSize = 4096;

    /// <summary>The protocol's name. Channels pair when protocol and id are equal on both sides.</summary>
    public required string Protocol { get; init; }

    /// <summary>Other names under which the remote may open the same channel. Default none.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Tells channels of one protocol apart, for instance a discovery key. Default none; empty is the same as none.</summary>
    public ReadOnlyMemory<byte>? Id { get; init; }

    /// <summary>Bytes that go to the remote with the open. Default none.</summary>
    public ReadOnlyMemory<byte> Handshake { get; init; }

    /// <summary>Who receives what happens on the channel.</summary>
    public required IChannelHandler Handler { get; init; }

    /// <summary>Whether to refuse a second channel with the same protocol and id. Default true.</summary>
    public bool Unique { get; init; } = true;
}
