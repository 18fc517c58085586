using Nashi.Hypercore;
using Nashi.Hyperdrive;

namespace Nashi.Deploy;

/// <summary>Notices that a drive has a new version.</summary>
internal sealed class DriveWatch : IDisposable
{
    private readonly Bell _bell = new();
    private readonly Drive _drive;

    public DriveWatch(Drive drive)
    {
        _drive = drive;
        _drive.Core.Changed += HandleChange;
    }

    public long Count => _bell.Count;

    public Task WaitAsync(long seen, CancellationToken cancellationToken) => _bell.WaitAsync(seen, cancellationToken);

    public void Dispose() => _drive.Core.Changed -= HandleChange;

    private void HandleChange(CoreChange change)
    {
        if (change.Kind is CoreChangeKind.Appended or CoreChangeKind.Truncated) _bell.Ring();
    }
}
