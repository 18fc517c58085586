using Nashi.Encoding;
using Nashi.Hypercore.Merkle;

namespace Nashi.Hypercore.Tests;

/// <summary>All the ways to spoil a proof a little.</summary>
internal static class Mutations
{
    public static IEnumerable<Proof> Of(Proof proof)
    {
        if (proof.Block is { } block)
        {
            yield return proof with { Block = block with { Index = block.Index ^ 1 } };
            yield return proof with { Block = block with { Value = null } };
            yield return proof with { Block = block with { Value = Array.Empty<byte>() } };
            foreach (var bad in Flips(block.Value!.Value)) yield return proof with { Block = block with { Value = bad } };
            foreach (var bad in Of(block.Nodes)) yield return proof with { Block = block with { Nodes = bad } };
        }

        if (proof.Upgrade is not { } upgrade) yield break;
        yield return proof with { Upgrade = upgrade with { Length = upgrade.Length + 1 } };
        yield return proof with { Upgrade = upgrade with { Length = upgrade.Length - 1 } };
        yield return proof with { Upgrade = upgrade with { Length = 0 } };
        yield return proof with { Upgrade = upgrade with { Length = ulong.MaxValue } };
        yield return proof with { Upgrade = upgrade with { Start = ulong.MaxValue } };
        yield return proof with { Upgrade = upgrade with { Start = 1 } };
        // Without its end: there lies the patch length, which means nothing when the manifest allows no patches.
        foreach (var bad in Flips(upgrade.Signature[..66])) yield return proof with { Upgrade = upgrade with { Signature = bad.Concat(upgrade.Signature[66..].ToArray()).ToArray() } };
        foreach (var bad in Of(upgrade.Nodes)) yield return proof with { Upgrade = upgrade with { Nodes = bad } };
        foreach (var bad in Of(upgrade.AdditionalNodes)) yield return proof with { Upgrade = upgrade with { AdditionalNodes = bad } };
    }

    public static IEnumerable<ReadOnlyMemory<TreeNode>> Of(ReadOnlyMemory<TreeNode> nodes)
    {
        for (var i = 0; i < nodes.Length; i++)
        {
            foreach (var bad in Of(nodes.Span[i]))
            {
                var copy = nodes.ToArray();
                copy[i] = bad;
                yield return copy;
            }

            yield return nodes.ToArray().Where((_, at) => at != i).ToArray();
        }

        yield return nodes.ToArray().Append(new TreeNode(nodes.IsEmpty ? 0 : nodes.Span[^1].Index, 1, default)).ToArray();
    }

    private static IEnumerable<TreeNode> Of(TreeNode node)
    {
        yield return node with { Index = node.Index + 1 };
        yield return node with { Index = ulong.MaxValue };
        yield return node with { Size = node.Size + 1 };
        yield return node with { Size = ulong.MaxValue };
        foreach (var bad in Flips(node.Hash.ToArray())) yield return node with { Hash = new Bytes32(bad) };
    }

    private static IEnumerable<byte[]> Flips(ReadOnlyMemory<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i += Math.Max(1, bytes.Length / 3))
        {
            var copy = bytes.ToArray();
            copy[i] ^= 0x40;
            yield return copy;
        }
    }
}
