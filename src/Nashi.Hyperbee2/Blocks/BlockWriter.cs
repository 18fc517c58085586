using System.Buffers;
using Nashi.Encoding;

namespace Nashi.Hyperbee2.Blocks;

/// <summary>Writes the parts that two formats share.</summary>
internal static class BlockWriter
{
    public static void WriteStart(ref this CompactWriter writer, TreeBlock block, byte flags)
    {
        writer.WriteUInt((ulong)block.Type);
        writer.WriteUInt(block.Checkpoint);
        writer.WriteUInt(block.BatchStart);
        writer.WriteUInt(block.BatchEnd);
        writer.WriteByte(flags);
        if (block.Previous is not { } previous) return;
        writer.WriteUInt((ulong)previous.Core);
        writer.WriteUInt(previous.Seq);
    }

    public static void WriteCores(IBufferWriter<byte> output, CoreEntry[] cores)
    {
        var writer = new CompactWriter(output);
        writer.WriteUInt((ulong)cores.Length);
        foreach (var core in cores)
        {
            writer.WriteFixed32(core.Key);
            writer.WriteByte(Flags.Of(core.Fork != 0, core.Length != 0, core.TreeHash is not null));
            if (core.Fork != 0) writer.WriteUInt(core.Fork);
            if (core.Length != 0) writer.WriteUInt(core.Length);
            if (core.TreeHash is { } hash) writer.WriteFixed32(hash);
        }
    }
}
