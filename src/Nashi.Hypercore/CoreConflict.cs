using System.Buffers;
using Nashi.Encoding;
using Nashi.Storage;

namespace Nashi.Hypercore;

/// <summary>The evidence that a writer signed two different trees of one length: the one that is not in this store.</summary>
/// <param name="Fork">The fork of both.</param>
/// <param name="Length">The length at which they differ.</param>
/// <param name="TreeHash">The other tree's hash at that length.</param>
/// <param name="Signature">The signature over it, or over a longer tree that contains it.</param>
public sealed record CoreConflict(ulong Fork, ulong Length, Bytes32 TreeHash, ReadOnlyMemory<byte> Signature)
{
    internal const string StoredAs = "nashi/conflict";

    internal byte[] Encode()
    {
        var output = new ArrayBufferWriter<byte>(128);
        var writer = new CompactWriter(output);
        writer.WriteUInt(Fork);
        writer.WriteUInt(Length);
        writer.WriteFixed32(TreeHash);
        writer.WriteBuffer(Signature.Span);
        return output.WrittenSpan.ToArray();
    }

    // Whatever is stored there, the core stays frozen.
    internal static CoreConflict Decode(ReadOnlySpan<byte> stored)
    {
        var reader = new CompactReader(stored);
        return reader.TryReadUInt(out var fork) && reader.TryReadUInt(out var length) && reader.TryReadFixed32(out var hash) && reader.TryReadBuffer(CoreHead.MaxSignatureSize, out var signature)
            ? new CoreConflict(fork, length, hash, signature.ToArray())
            : new CoreConflict(0, 0, default, default);
    }
}
