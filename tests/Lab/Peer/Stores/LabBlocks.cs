using System.Globalization;
using System.Security.Cryptography;

namespace Nashi.LabPeer.Stores;

/// <summary>Blocks that everybody can recompute: block <c>i</c> is SHA-256 of "block:i", repeated and cut to <c>1 + (i · 2654435761 mod max)</c> bytes.</summary>
internal sealed class LabBlocks(long max)
{
    public LabBlocks(PeerRun run)
        : this(run.Number("max-block", 4096))
    {
    }

    public ReadOnlyMemory<byte> this[ulong index]
    {
        get
        {
            var hash = SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"block:{index}")));
            var block = new byte[1 + (int)((UInt128)index * 2_654_435_761 % (ulong)max)];
            for (var at = 0; at < block.Length; at += hash.Length) hash.AsSpan(0, Math.Min(hash.Length, block.Length - at)).CopyTo(block.AsSpan(at));
            return block;
        }
    }

    public List<ReadOnlyMemory<byte>> Range(ulong start, ulong count)
    {
        var blocks = new List<ReadOnlyMemory<byte>>();
        for (var i = start; i < start + count; i++) blocks.Add(this[i]);
        return blocks;
    }
}
