using System.Buffers;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Protomux.Rpc;

namespace Nashi.BlindPeer.Messages;

/// <summary>Asks for a receipt, and for proof that some blocks are there. An addition of ours.</summary>
/// <param name="Key">The core.</param>
/// <param name="Nonce">Never used before: answers can not be kept in the place of the blocks.</param>
/// <param name="Blocks">Which blocks are to be proved.</param>
internal sealed record ReceiptRequest(CoreKey Key, Bytes32 Nonce, IReadOnlyList<ulong> Blocks)
{
    public const int MaxBlocks = 16;

    public static IRpcCodec<ReceiptRequest> Codec { get; } = new RequestCodec();

    /// <summary>What proves that a block is there.</summary>
    public static Bytes32 ProofOf(Bytes32 nonce, ulong index, ReadOnlySpan<byte> block)
    {
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(number, index);
        return Blake2b.HashParts(nonce.AsSpan(), number, block);
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, out ReceiptRequest request)
    {
        request = null!;
        var reader = new CompactReader(bytes);
        if (!reader.TryReadFixed32(out var key) || !reader.TryReadFixed32(out var nonce)) return false;
        if (!reader.TryReadArrayLength(1, out var count) || count > MaxBlocks) return false;
        var blocks = new ulong[count];
        foreach (ref var block in blocks.AsSpan())
        {
            if (!reader.TryReadUInt(out block)) return false;
        }

        request = new(new CoreKey(key), nonce, blocks);
        return true;
    }

    private sealed class RequestCodec : IRpcCodec<ReceiptRequest>
    {
        public void Encode(ReceiptRequest value, IBufferWriter<byte> output)
        {
            var writer = new CompactWriter(output);
            writer.WriteFixed32(value.Key.Value);
            writer.WriteFixed32(value.Nonce);
            writer.WriteUInt((ulong)value.Blocks.Count);
            foreach (var block in value.Blocks) writer.WriteUInt(block);
        }

        public bool TryDecode(ReadOnlyMemory<byte> bytes, out ReceiptRequest value) => ReceiptRequest.TryDecode(bytes.Span, out value);
    }
}
