using Nashi.Encoding;
using Nashi.Hypercore.Seam;

namespace Nashi.Hypercore.State;

/// <summary>What a snapshot holds on to.</summary>
internal sealed class SnapshotView(CoreTip tip, Bytes32 treeHash)
{
    private ulong _intactLength = tip.Length;

    public CoreTip Tip => tip;

    public Bytes32 TreeHash => treeHash;

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
