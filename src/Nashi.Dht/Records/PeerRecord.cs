using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Encoding;

namespace Nashi.Dht.Records;

/// <summary>Who is to be found, and through which nodes. Source: network.md §3.2.</summary>
/// <param name="PublicKey">The peer's key.</param>
/// <param name="RelayAddresses">Nodes that pass handshakes on to it.</param>
internal sealed record PeerRecord(PublicKey PublicKey, IReadOnlyList<UdpAddress> RelayAddresses)
{
    /// <summary>How many relay addresses are kept.</summary>
    public const int MaxRelays = 3;

    /// <summary>How long the record is.</summary>
    public int EncodedSize => Bytes32.Size + AddressCodec.ListSize(RelayAddresses);

    /// <summary>Reads one.</summary>
    public static bool TryRead(ref CompactReader reader, out PeerRecord record)
    {
        record = null!;
        if (!reader.TryReadFixed32(out var key) || !AddressCodec.TryReadList(ref reader, out var relays)) return false;
        record = new(new PublicKey(key), relays);
        return true;
    }

    /// <summary>Reads one from its bytes; what follows is ignored.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out PeerRecord record)
    {
        var reader = new CompactReader(bytes);
        return TryRead(ref reader, out record);
    }

    /// <summary>Writes it.</summary>
    public void Write(ref CompactWriter writer)
    {
        writer.WriteFixed32(PublicKey.Value);
        AddressCodec.WriteList(ref writer, RelayAddresses);
    }

    /// <summary>Its bytes.</summary>
    public byte[] Encode()
    {
        var bytes = new byte[EncodedSize];
        var writer = new CompactWriter(bytes);
        Write(ref writer);
        return bytes;
    }
}
