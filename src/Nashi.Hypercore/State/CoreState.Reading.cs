using Nashi.Encoding;
using Nashi.Hypercore.Encryption;
using Nashi.Hypercore.Merkle;
using Nashi.Hypercore.Seam;

namespace Nashi.Hypercore.State;

/// <content>Reading what is stored.</content>
internal sealed partial class CoreState
{
    public bool Has(ulong index) => Bits.Get(index);

    /// <summary>Blocks that were read since marking began; null while nobody marks.</summary>
    public Bitfield? Marks { get; set; }

    public bool TryRead(ulong index, IBlockEncryption? encryption, out byte[]? block)
    {
        block = null;
        if (!Bits.Get(index)) return false;
        if (Marks is { } marks)
        {
            lock (marks) marks.SetRange(index, index + 1, true);
        }

        if (BlockReader.TryRead(this, Storage, index, encryption, out block)) return true;
        // Cleared or truncated between the two looks?
        if (!Bits.Get(index)) return false;
        throw Damaged(Key, $"block {index} is marked as stored but missing");
    }

    public ValueTask<SeekResult?> SeekAsync(ulong bytes, ulong padding) => new(ByteSeek.Find(_tree, Nodes, bytes, padding));
}
