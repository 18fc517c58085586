using Nashi.Encoding;

namespace Nashi.Protomux.Protocol;

/// <summary>What channels of both sides pair by.</summary>
/// <param name="Protocol">The protocol's name.</param>
/// <param name="Id">The id in hex; empty for none.</param>
internal readonly record struct ChannelKey(string Protocol, string Id)
{
    public static ChannelKey Of(string protocol, ReadOnlySpan<byte> id) => new(protocol, id.IsEmpty ? "" : Hex.Encode(id));
}
