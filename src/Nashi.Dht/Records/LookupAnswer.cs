using Nashi.Encoding;

namespace Nashi.Dht.Records;

/// <summary>What LOOKUP answers: some of the peers that announced a topic. Source: network.md §3.2.</summary>
/// <param name="Peers">The peers.</param>
/// <param name="Bump">The topic's latest bump; zero when none.</param>
internal sealed record LookupAnswer(IReadOnlyList<PeerRecord> Peers, ulong Bump)
{
    /// <summary>How many peers one answer names.</summary>
    public const int MaxPeers = 20;

    /// <summary>Reads one; old nodes send no bump.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out LookupAnswer answer)
    {
        answer = null!;
        var reader = new CompactReader(bytes);
        if (!reader.TryReadArrayLength(Bytes32.Size + 1, out var count)) return false;
        var peers = new List<PeerRecord>(Math.Min(count, MaxPeers));
        for (var i = 0; i < count; i++)
        {
            if (!PeerRecord.TryRead(ref reader, out var peer)) return false;
            if (i < MaxPeers) peers.Add(peer);
        }

        ulong bump = 0;
        if (!reader.IsEmpty && !reader.TryReadUInt(out bump)) return false;
        answer = new(peers, bump);
        return true;
    }

    /// <summary>The answer's bytes from records as they are stored.</summary>
    public static byte[] Encode(IReadOnlyList<byte[]> records, ulong bump)
    {
        var bytes = new byte[CompactSize.UInt((ulong)records.Count) + records.Sum(record => record.Length) + CompactSize.UInt(bump)];
        var writer = new CompactWriter(bytes);
        writer.WriteUInt((ulong)records.Count);
        foreach (var record in records) writer.WriteFixed(record);
        writer.WriteUInt(bump);
        return bytes;
    }
}
