using Nashi.Encoding;

namespace Nashi.Dht.Relaying;

/// <summary>To a relay: this pairing is off. From one of ours: it is off, or was refused; the reference ignores that.</summary>
/// <param name="Token">Which pairing.</param>
internal sealed record UnpairMessage(Bytes32 Token)
{
    /// <summary>Parses a stranger's bytes.</summary>
    /// <returns>Null when malformed.</returns>
    public static UnpairMessage? TryDecode(ReadOnlySpan<byte> bytes)
    {
        var reader = new CompactReader(bytes);
        return RelayFlags.TryRead(ref reader, out _) && reader.TryReadFixed32(out var token) ? new(token) : null;
    }

    /// <summary>The bytes to send.</summary>
    public byte[] Encode()
    {
        var bytes = new byte[1 + Bytes32.Size];
        Token.AsSpan().CopyTo(bytes.AsSpan(1));
        return bytes;
    }
}
