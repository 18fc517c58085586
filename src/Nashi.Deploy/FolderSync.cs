using System.Runtime.CompilerServices;
using Nashi.Hyperdrive;

namespace Nashi.Deploy;

/// <summary>Keeps a folder and a drive equal while it runs: the folder follows the drive, or the drive follows the folder.</summary>
/// <remarks>
/// One direction at a time, so that a change never comes back to where it came from. Each pass compares everything, so nothing is lost when the operating
/// system drops notices of changes; a pass begins when the last change is <see cref="FolderSyncOptions.Quiet"/> old.
/// </remarks>
public sealed class FolderSync
{
    private readonly Drive _drive;
    private readonly string _folder;
    private readonly FolderSyncOptions _options;
    private readonly LocalDrive _local;

    /// <summary>Prepares. The drive is borrowed.</summary>
    public FolderSync(Drive drive, string folder, FolderSyncOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(drive);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        _drive = drive;
        _folder = Path.GetFullPath(folder);
        _options = options ?? FolderSyncOptions.Default;
        _local = new LocalDrive(_folder);
    }

    /// <summary>A pass came to a file it could not read or write and ended there; the next change begins another.</summary>
    public event Action<Exception>? Failed;

    /// <summary>Makes the drive follow the folder until cancelled, telling each file as it is done and null at the end of each pass.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public async IAsyncEnumerable<FileChange?> UploadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var changes = new FolderWatch(_folder, _options);
        while (true)
        {
            var seen = changes.Count;
            await foreach (var change in MirrorAsync(_local, _drive, cancellationToken).ConfigureAwait(false)) yield return change;
            yield return null;
            await changes.WaitAsync(seen, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Makes the folder follow the drive until cancelled, telling each file as it is done and null at the end of each pass.</summary>
    public async IAsyncEnumerable<FileChange?> DownloadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_folder);
        using var changes = new DriveWatch(_drive);
        while (true)
        {
            var seen = changes.Count;
            await foreach (var change in MirrorAsync(_drive.Snapshot(), _local, cancellationToken).ConfigureAwait(false)) yield return change;
            yield return null;
            await changes.WaitAsync(seen, cancellationToken).ConfigureAwait(false);
        }
    }

    private async IAsyncEnumerable<FileChange?> MirrorAsync(IDrive from, IDrive to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var filter = new PathFilter(_options.Ignore);
        var mirror = new Mirror(from, to, new MirrorOptions
        {
            Prune = _options.Prune,
            IgnoreWhere = filter.IsAll ? null : path => !filter.Includes(path),
            Batch = to == _drive,
        });
        var steps = mirror.RunAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using var closing = steps.ConfigureAwait(false);
        while (await TryStepAsync(steps).ConfigureAwait(false)) yield return FileChange.From(steps.Current);
    }

    // A file may vanish between being seen and being read: that is no reason to stop following.
    private async ValueTask<bool> TryStepAsync(IAsyncEnumerator<MirrorChange> steps)
    {
        try
        {
            return await steps.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Failed?.Invoke(error);
            return false;
        }
    }
}
