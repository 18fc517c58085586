using System.Diagnostics.CodeAnalysis;
using Nashi.Encoding;

namespace Nashi.Autobase.Messages;

/// <summary>Which blocks of one view its writer read while it applied a node.</summary>
internal sealed record ViewTrace(ulong View, IReadOnlyList<ulong> Blocks) : IMessage<ViewTrace>
{
    public static bool TryRead(ref CompactReader reader, [MaybeNullWhen(false)] out ViewTrace message)
    {
        message = null;
        if (!reader.TryReadUInt(out var view) || !TryReadBlocks(ref reader, out var blocks)) return false;
        message = new(view, blocks);
        return true;
    }

    public static bool TryReadBlocks(ref CompactReader reader, out ulong[] blocks)
    {
        blocks = [];
        if (!reader.TryReadArrayLength(1, out var count)) return false;
        var all = count == 0 ? [] : new ulong[count];
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryReadUInt(out all[i])) return false;
        }

        blocks = all;
        return true;
    }

    public static void WriteBlocks(ref CompactWriter writer, IReadOnlyList<ulong> blocks)
    {
        writer.WriteUInt((ulong)blocks.Count);
        foreach (var block in blocks) writer.WriteUInt(block);
    }

    public void Write(ref CompactWriter writer)
    {
        writer.WriteUInt(View);
        WriteBlocks(ref writer, Blocks);
    }
}
