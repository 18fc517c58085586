using Nashi.Encoding;
using Nashi.Hypercore.Encryption;
using Nashi.Hypercore.Merkle;
using Nashi.Hypercore.Seam;

namespace Nashi.Hypercore.State;

/// <content>Reading what is stored.</content>
internal sealed partial class CoreState
{
    public bool Has(ulong index) => Bits.Get(index);

    public bool TryRead(ulong index, BlockEncryption? encryption, out byte[] block)
    {
        block = [];
        if (!Bits.Get(index)) return false;
        var found = encryption is null
            ? Storage.TryReadBlock(index, 0, static (value, _) => value.ToArray(), out var bytes)
            : Storage.TryReadBlock(index, (index, encryption), static (value, state) => state.encryption.DecryptCopy(state.index, value), out bytes);
        if (found && bytes is not null)
        {
            block = bytes;
            return true;
        }

        // Cleared or truncated between the two looks?
        if (!Bits.Get(index)) return false;
        throw Damaged(Key, found ? $"block {index} is shorter than its padding (is it encrypted with this key?)" : $"block {index} is marked as stored but missing");
    }

    public ValueTask<SeekResult?> SeekAsync(ulong bytes, ulong padding) => new(ByteSeek.Find(_tree, Nodes, bytes, padding));
}
