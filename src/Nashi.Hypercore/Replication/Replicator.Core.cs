using Nashi.Hypercore.Seam;

namespace Nashi.Hypercore.Replication;

/// <summary>What the core tells us, on its lane.</summary>
internal sealed partial class Replicator
{
    public void OnUpgraded(CoreTip before, CoreTip after)
    {
        lock (_gate)
        {
            _engine.HandleUpgraded(Now);
            FlushSoon();
        }
    }

    public void OnTruncated(ulong newLength, CoreTip after)
    {
        lock (_gate)
        {
            _engine.HandleTruncated(newLength, Now);
            FlushSoon();
        }
    }

    public void OnBlocksChanged(ulong start, ulong count, bool held)
    {
        lock (_gate)
        {
            _engine.HandleBlocks(start, count, held);
            if (_engine.IsDirty) FlushSoon();
        }
    }

    public void OnManifest()
    {
        lock (_gate)
        {
            _engine.HandleManifest();
            FlushSoon();
        }
    }

    // When the core was frozen the peers are told why before their channels close.
    public void OnClosing() => CloseAll(closeChannels: !Core.IsFrozen);
}
