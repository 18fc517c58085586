using System.Runtime.CompilerServices;
using Nashi.Hyperdrive;

namespace Nashi.Deploy;

/// <summary>Puts a folder into a drive, as its next version. One use each.</summary>
/// <remarks>
/// Files are stored as Pear stages them: cut at content-defined boundaries, so that a new version stores only what changed, and all entries are written in
/// one batch at the end: readers see the old version or the new one, nothing between. Source: pear.md §1.3, §2.3.
/// </remarks>
public sealed class Stage : IAsyncDisposable
{
    private readonly PearLink _link;
    private readonly string _folder;
    private readonly StageOptions _options;
    private readonly Drive _drive;

    private Stage(PearLink link, string folder, StageOptions options, Drive drive)
    {
        _link = link;
        _folder = folder;
        _options = options;
        _drive = drive;
    }

    /// <summary>The link of the drive's version now.</summary>
    public PearLink Version => PearLink.To(_link.Key) with { Fork = _drive.Core.Fork, Length = _drive.Core.Length };

    /// <summary>Opens the drive to write to.</summary>
    /// <exception cref="NotWritableException">The store holds no secret key for the link.</exception>
    public static async ValueTask<Stage> OpenAsync(
        DeploySession session, PearLink link, string folder, StageOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(link);
        var drive = await RemoteDrive.OpenWritableAsync(session, link, cancellationToken).ConfigureAwait(false);
        return new Stage(link, folder, options ?? new StageOptions(), drive);
    }

    /// <summary>Does it, telling each file as it is done. Cancelled, it leaves the drive at its old version.</summary>
    public async IAsyncEnumerable<FileChange> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var filter = new PathFilter(_options.Ignore, _options.Only);
        var mirror = new Mirror(new LocalDrive(_folder), _drive, new MirrorOptions
        {
            IsDryRun = _options.IsDryRun,
            IgnoreWhere = path => !filter.Includes(path),
            Dedup = true,
            Batch = true,
            IncludeEqual = true,
        });
        await foreach (var change in mirror.RunAsync(cancellationToken).ConfigureAwait(false)) yield return FileChange.From(change);
        if (!_options.Purge) yield break;
        await foreach (var change in PurgeAsync(filter, cancellationToken).ConfigureAwait(false)) yield return change;
    }

    /// <summary>Closes the drive.</summary>
    public ValueTask DisposeAsync() => _drive.DisposeAsync();

    // What is ignored now but was staged before.
    private async IAsyncEnumerable<FileChange> PurgeAsync(PathFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var batch = _drive.Batch();
        await using var batchClosing = batch.ConfigureAwait(false);
        await foreach (var entry in _drive.Snapshot().ListAsync("/", null, cancellationToken).ConfigureAwait(false))
        {
            if (!filter.IsWanted(entry.Path) || !filter.Ignores(entry.Path)) continue;
            var size = await _drive.GetByteLengthAsync(entry, cancellationToken).ConfigureAwait(false);
            if (!_options.IsDryRun) _ = await batch.DeleteAsync(entry.Path, cancellationToken).ConfigureAwait(false);
            yield return new FileChange(FileChangeKind.Removed, entry.Path, 0, size);
        }

        if (!_options.IsDryRun) await batch.FlushAsync(cancellationToken).ConfigureAwait(false);
    }
}
