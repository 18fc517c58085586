using Nashi.Hypercore.Replication.Protocol;
using Nashi.Hypercore.Seam;

namespace Nashi.Hypercore.Replication;

/// <summary>What the engine may read of a core.</summary>
internal sealed class LocalCore(IReplicatedCore core) : ILocalCore
{
    public CoreTip Tip => core.Tip;

    public ulong ContiguousLength => core.ContiguousLength;

    public bool HasManifest => core.Manifest is not null;

    public bool OffersManifest => !core.IsCompat && core.Manifest is not null;

    public bool Has(ulong block) => core.Has(block);

    public ulong FindFirstMissing(ulong start) => core.FindFirst(false, start);

    public bool CopyBits(ulong start, Span<uint> words) => core.CopyBits(start, words);
}
