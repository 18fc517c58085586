using System.Buffers.Binary;
using Nashi.Encoding;

namespace Nashi.Hypercore.Manifests;

/// <summary>The bytes that a signature of a tree covers. Spec: data.md §2.4.</summary>
internal static class Signable
{
    public const int Size = 112;
    public const int CompatSize = 80;

    /// <summary>For cores with a manifest; <paramref name="context"/> is the key, or the signer's namespace in version 0.</summary>
    public static void Write(Span<byte> output, in Bytes32 context, in Bytes32 treeHash, ulong length, ulong fork)
    {
        HypercoreNamespaces.Tree.AsSpan().CopyTo(output);
        context.AsSpan().CopyTo(output[32..]);
        WriteTree(output[64..], treeHash, length, fork);
    }

    /// <summary>For cores from before manifests.</summary>
    public static void WriteCompat(Span<byte> output, in Bytes32 treeHash, ulong length, ulong fork)
    {
        HypercoreNamespaces.Tree.AsSpan().CopyTo(output);
        WriteTree(output[32..], treeHash, length, fork);
    }

    private static void WriteTree(Span<byte> output, in Bytes32 treeHash, ulong length, ulong fork)
    {
        treeHash.AsSpan().CopyTo(output);
        BinaryPrimitives.WriteUInt64LittleEndian(output[32..], length);
        BinaryPrimitives.WriteUInt64LittleEndian(output[40..], fork);
    }
}
