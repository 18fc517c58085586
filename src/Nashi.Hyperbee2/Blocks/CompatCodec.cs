using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Nashi.Hyperbee.Tree;

namespace Nashi.Hyperbee2.Blocks;

/// <summary>Blocks of the older Hyperbee: one key each, and the nodes rewritten with it.</summary>
internal static class CompatCodec
{
    /// <summary>The degree of a tree in this format.</summary>
    public const int Degree = 5;

    public static bool TryDecode(ulong seq, ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out TreeBlock? block)
    {
        block = null;
        if (!BlockCodec.TryDecode(seq, bytes, out var stored) || !stored.TryReadLevels(out var levels)) return false;
        var cohorts = new CohortList(seq);
        var nodes = new BlockNode[levels.Length];
        for (var i = 0; i < nodes.Length; i++)
        {
            if (!TryReadChildren(levels[i].Children, out var children)) return false;
            var keys = Array.ConvertAll(levels[i].Keys, key => new TreePointer(0, key, 0));
            nodes[i] = new BlockNode(cohorts.Add(keys), cohorts.Add(children));
        }

        block = new TreeBlock
        {
            Type = BlockType.Compat,
            Previous = seq > 1 ? new BlockPointer(0, seq - 1) : null,
            Nodes = nodes,
            Keys = [new BlockKey(stored.Key, stored.Value, null)],
            Values = [],
            Cohorts = cohorts.ToArray(),
            Degree = Degree,
        };
        return true;
    }

    public static void Encode(TreeBlock block, IBufferWriter<byte> output)
    {
        if (block.Keys is not [{ Location: null } key]) throw new ArgumentException("A block of the older Hyperbee holds one key and its value.", nameof(block));
        var index = new ArrayBufferWriter<byte>(256);
        var level = new ArrayBufferWriter<byte>(64);
        foreach (var node in block.Nodes ?? [])
        {
            level.ResetWrittenCount();
            WriteNumbers(level, 1, CohortList.Resolve(block, node.Keys), offsets: false);
            WriteNumbers(level, 2, CohortList.Resolve(block, node.Children), offsets: true);
            ProtoWriter.WriteBytes(index, 1, level.WrittenSpan);
        }

        ProtoWriter.WriteBytes(output, 1, index.WrittenSpan);
        ProtoWriter.WriteBytes(output, 2, key.Key.Span);
        if (key.Value is { } value) ProtoWriter.WriteBytes(output, 3, value.Span);
    }

    private static bool TryReadChildren(ulong[] numbers, out TreePointer[] children)
    {
        children = new TreePointer[numbers.Length / 2];
        if (numbers.Length % 2 != 0) return false;
        for (var i = 0; i < children.Length; i++)
        {
            if (numbers[(2 * i) + 1] > int.MaxValue) return false;
            children[i] = new TreePointer(0, numbers[2 * i], (int)numbers[(2 * i) + 1]);
        }

        return true;
    }

    // The reference leaves a zero out, and so writes a node that cannot be read; it never has one to write in a tree of its own.
    private static void WriteNumbers(ArrayBufferWriter<byte> output, int field, TreePointer[] pointers, bool offsets)
    {
        if (pointers is []) return;
        var size = 0;
        foreach (var pointer in pointers) size += ProtoWriter.VarintSize(pointer.Seq) + (offsets ? ProtoWriter.VarintSize((ulong)pointer.Offset) : 0);
        ProtoWriter.WriteLengthTag(output, field, size);
        foreach (var pointer in pointers)
        {
            if (pointer.Core != 0) throw new ArgumentException("The older Hyperbee has no pointers into other logs.", nameof(pointers));
            ProtoWriter.WriteVarint(output, pointer.Seq);
            if (offsets) ProtoWriter.WriteVarint(output, (ulong)pointer.Offset);
        }
    }
}
