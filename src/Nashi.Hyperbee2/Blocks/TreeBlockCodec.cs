using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Nashi.Encoding;

namespace Nashi.Hyperbee2.Blocks;

/// <summary>The bytes of blocks. Source: data.md §6.2.</summary>
internal static class TreeBlockCodec
{
    /// <summary>The most keys, nodes, steps, values and cores one block may hold together. A writer of the reference makes some hundreds.</summary>
    public const int MaxElements = 1 << 18;

    /// <summary>Decodes a block that a stranger may have written. Total.</summary>
    /// <param name="seq">Where the block is: the older formats leave it out of pointers into themselves.</param>
    /// <param name="bytes">The block. The result refers to it.</param>
    /// <param name="block">What it holds.</param>
    public static bool TryDecode(ulong seq, ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out TreeBlock? block)
    {
        block = null;
        var reader = new CompactReader(bytes.Span);
        return reader.TryReadUInt(out var type) && type switch
        {
            0 => Version0Codec.TryDecode(seq, bytes, out block),
            1 => Version1Codec.TryDecode(bytes, out block),
            10 => CompatCodec.TryDecode(seq, bytes, out block),
            _ => false,
        };
    }

    /// <summary>Encodes a block, byte for byte as the reference does.</summary>
    public static byte[] Encode(TreeBlock block)
    {
        var output = new ArrayBufferWriter<byte>(512);
        switch (block.Type)
        {
            case BlockType.Version0:
                Version0Codec.Encode(block, output);
                break;
            case BlockType.Version1:
                Version1Codec.Encode(block, output);
                break;
            case BlockType.Compat:
                CompatCodec.Encode(block, output);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(block), block.Type, "No such type of block.");
        }

        return output.WrittenSpan.ToArray();
    }
}
