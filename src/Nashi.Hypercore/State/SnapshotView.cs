using Nashi.Encoding;
using Nashi.Hypercore.Merkle;
using Nashi.Hypercore.Seam;

namespace Nashi.Hypercore.State;

/// <summary>What a snapshot holds on to.</summary>
internal sealed class SnapshotView(TreeTip tree)
{
    private ulong _intactLength = tree.Length;

    public CoreTip Tip { get; } = tree.ToCoreTip();

    public Bytes32 TreeHash => tree.Hash;

    /// <summary>Blocks below this one are still those of the snapshot.</summary>
    public ulong IntactLength => Volatile.Read(ref _intactLength);

    public void HandleTruncated(ulong newLength)
    {
        var now = IntactLength;
        while (newLength < now)
        {
            var seen = Interlocked.CompareExchange(ref _intactLength, newLength, now);
            if (seen == now) return;
            now = seen;
        }
    }
}
