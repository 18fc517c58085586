using Nashi.Encoding;

namespace Nashi.Dht.Relaying;

/// <summary>To a relay: here I am for this token, with this stream. From a relay: the other one is here too, send to this stream of mine.</summary>
/// <param name="IsInitiator">Which of the two roles the endpoint has.</param>
/// <param name="Token">What the two endpoints share.</param>
/// <param name="StreamId">The sender's stream.</param>
internal sealed record PairMessage(bool IsInitiator, Bytes32 Token, uint StreamId)
{
    /// <summary>Parses a stranger's bytes.</summary>
    /// <returns>Null when malformed.</returns>
    public static PairMessage? TryDecode(ReadOnlySpan<byte> bytes)
    {
        var reader = new CompactReader(bytes);
        if (!RelayFlags.TryRead(ref reader, out var isInitiator) || !reader.TryReadFixed32(out var token)) return null;
        if (!reader.TryReadUInt(out var id) || id > uint.MaxValue || !reader.TryReadUInt(out _)) return null;
        return new(isInitiator, token, (uint)id);
    }

    /// <summary>The bytes to send.</summary>
    public byte[] Encode()
    {
        var bytes = new byte[1 + Bytes32.Size + CompactSize.UInt(StreamId) + 1];
        var writer = new CompactWriter(bytes);
        writer.WriteBool(IsInitiator);
        writer.WriteFixed32(Token);
        writer.WriteUInt(StreamId);
        writer.WriteUInt(0);
        return bytes;
    }
}
