using System.Buffers;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Protomux.Rpc;

namespace Nashi.BlindPeer.Messages;

/// <summary>The parts of a receipt that the client does not know, and the proofs it asked for: zero for a block that is not there.</summary>
internal sealed record ReceiptAnswer(ulong Fork, ulong From, ulong Length, ulong Time, ReadOnlyMemory<byte> Signature, IReadOnlyList<Bytes32> Proofs)
{
    public static IRpcCodec<ReceiptAnswer> Codec { get; } = new AnswerCodec();

    public static bool TryDecode(ReadOnlySpan<byte> bytes, out ReceiptAnswer answer)
    {
        answer = null!;
        var reader = new CompactReader(bytes);
        Span<ulong> numbers = stackalloc ulong[4];
        foreach (ref var number in numbers)
        {
            if (!reader.TryReadUInt(out number)) return false;
        }

        if (!reader.TryReadFixed(Ed25519.SignatureSize, out var signature)) return false;
        if (!reader.TryReadArrayLength(Bytes32.Size, out var count) || count > ReceiptRequest.MaxBlocks) return false;
        var proofs = new Bytes32[count];
        foreach (ref var proof in proofs.AsSpan())
        {
            if (!reader.TryReadFixed32(out proof)) return false;
        }

        answer = new(numbers[0], numbers[1], numbers[2], numbers[3], signature.ToArray(), proofs);
        return true;
    }

    private sealed class AnswerCodec : IRpcCodec<ReceiptAnswer>
    {
        public void Encode(ReceiptAnswer value, IBufferWriter<byte> output)
        {
            var writer = new CompactWriter(output);
            foreach (var number in (ReadOnlySpan<ulong>)[value.Fork, value.From, value.Length, value.Time]) writer.WriteUInt(number);
            writer.WriteFixed(value.Signature.Span);
            writer.WriteUInt((ulong)value.Proofs.Count);
            foreach (var proof in value.Proofs) writer.WriteFixed32(proof);
        }

        public bool TryDecode(ReadOnlyMemory<byte> bytes, out ReceiptAnswer value) => ReceiptAnswer.TryDecode(bytes.Span, out value);
    }
}
