using Nashi.Hypercore.Seam;

namespace Nashi.Hypercore.Replication.Protocol;

/// <summary>What the engine reads of our own core: snapshots, at no cost.</summary>
internal interface ILocalCore
{
    CoreTip Tip { get; }

    ulong ContiguousLength { get; }

    /// <summary>We know the manifest.</summary>
    bool HasManifest { get; }

    /// <summary>We may send the manifest: we know it and the core is not from before manifests.</summary>
    bool OffersManifest { get; }

    bool Has(ulong block);

    ulong FindFirstMissing(ulong start);

    bool CopyBits(ulong start, Span<uint> words);
}
