using Nashi.Encoding;
using Nashi.Storage.Records;

namespace Nashi.Storage;

/// <summary>How long a core is, and the signature over that. Spec: data.md §4.4.</summary>
/// <param name="Fork">How often it was truncated.</param>
/// <param name="Length">How many blocks it has.</param>
/// <param name="RootHash">The tree hash at that length.</param>
/// <param name="Signature">Over the tree; null for a session that was not signed.</param>
/// <param name="Timestamp">When it was written, in Unix milliseconds; zero when that is not known.</param>
public readonly record struct CoreHead(ulong Fork, ulong Length, Bytes32 RootHash, byte[]? Signature, ulong Timestamp = 0) : IStoredRecord<CoreHead>
{
    /// <summary>The longest signature read back from a store, in bytes: multi-signer signatures carry proofs.</summary>
    public const int MaxSignatureSize = 1 << 20;

    private const ulong HasTimestamp = 1;

    int IStoredRecord<CoreHead>.Size => CompactSize.UInt(Fork) + CompactSize.UInt(Length) + Bytes32.Size
        + CompactSize.Buffer(Signature?.Length ?? 0) + 1 + (Timestamp == 0 ? 0 : sizeof(ulong));

    static bool IStoredRecord<CoreHead>.TryRead(ref CompactReader reader, out CoreHead value)
    {
        value = default;
        if (!reader.TryReadUInt(out var fork) || !reader.TryReadUInt(out var length) || !reader.TryReadFixed32(out var root)) return false;
        if (!reader.TryReadBuffer(MaxSignatureSize, out var signature)) return false;
        // Records of earlier versions end here.
        ulong flags = 0, timestamp = 0;
        if (!reader.IsEmpty && !reader.TryReadUInt(out flags)) return false;
        if ((flags & HasTimestamp) != 0 && !reader.TryReadUInt64(out timestamp)) return false;
        value = new CoreHead(fork, length, root, signature.IsEmpty ? null : signature.ToArray(), timestamp);
        return true;
    }

    void IStoredRecord<CoreHead>.Write(ref CompactWriter writer)
    {
        writer.WriteUInt(Fork);
        writer.WriteUInt(Length);
        writer.WriteFixed32(RootHash);
        writer.WriteBuffer(Signature);
        writer.WriteUInt(Timestamp == 0 ? 0 : HasTimestamp);
        if (Timestamp != 0) writer.WriteUInt64(Timestamp);
    }
}
