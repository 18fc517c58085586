using System.Runtime.CompilerServices;
using Nashi.Hyperdrive;

namespace Nashi.Deploy;

/// <summary>Takes files out of a drive, at one version. One use each.</summary>
/// <remarks>
/// Content that this store lacks is fetched from peers, verified, and kept in the store, so that a dump that was stopped goes on where it was. Nothing is
/// written outside the folder, whatever the drive's names and links say. Source: pear.md §1.3.
/// </remarks>
public sealed class Dump : IAsyncDisposable
{
    private readonly PearLink _link;
    private readonly DumpOptions _options;
    private readonly PathFilter _filter;
    private readonly Drive _drive;
    private readonly Drive _checkout;

    private Dump(PearLink link, DumpOptions options, Drive drive)
    {
        _link = link;
        _options = options;
        _drive = drive;
        _checkout = link.Length is { } length ? drive.Checkout(length) : drive;
        _filter = new PathFilter(only: _options.Only.Count > 0 || link.Path is null ? _options.Only : [link.Path]);
        Version = PearLink.To(link.Key) with { Fork = drive.Core.Fork, Length = link.Length ?? drive.Core.Length };
    }

    /// <summary>The link of the version that is taken.</summary>
    public PearLink Version { get; }

    /// <summary>Opens the drive, looking for peers when this store does not have it or may not have its newest version.</summary>
    /// <exception cref="NoPeerException">Nobody has it, and neither has this store.</exception>
    /// <exception cref="VersionNotFoundException">The link's version does not exist or is another than promised.</exception>
    public static async ValueTask<Dump> OpenAsync(
        DeploySession session, PearLink link, DumpOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(link);
        var drive = await RemoteDrive.OpenAsync(session, link, mustBeCurrent: true, cancellationToken).ConfigureAwait(false);
        return new Dump(link, options ?? new DumpOptions(), drive);
    }

    /// <summary>How many files there are to take.</summary>
    public async ValueTask<int> CountAsync(CancellationToken cancellationToken = default)
    {
        var count = 0;
        await foreach (var _ in ListAsync(cancellationToken).ConfigureAwait(false)) count++;
        return count;
    }

    /// <summary>The files there are to take, in byte order of their paths.</summary>
    public async IAsyncEnumerable<DriveFile> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var entry in _checkout.ListAsync("/", null, cancellationToken).ConfigureAwait(false))
        {
            if (!_filter.Includes(entry.Path)) continue;
            yield return new DriveFile(entry.Path, entry.FileSize ?? (entry.Blob is { IsMapped: false } blob ? blob.ByteLength : null), entry.IsExecutable, entry.LinkName);
        }
    }

    /// <summary>Refuses to go on when files of the folder would be overwritten with other content.</summary>
    /// <exception cref="FolderNotEmptyException">Some would; the message names one.</exception>
    public async ValueTask RequireNoOverwriteAsync(string folder, CancellationToken cancellationToken = default)
    {
        if (!Directory.Exists(folder)) return;
        await foreach (var change in MirrorTo(folder, isDryRun: true).RunAsync(cancellationToken).ConfigureAwait(false))
        {
            if (change.Kind is not MirrorChangeKind.Change) continue;
            throw new FolderNotEmptyException($"{change.Path} exists in {folder} with other content. Choose another folder, or overwrite with --force.");
        }
    }

    /// <summary>Writes the files into a folder, telling each as it is done.</summary>
    /// <exception cref="FolderNotEmptyException">The folder has files and <see cref="DumpOptions.Force"/> is off.</exception>
    /// <exception cref="PathNotFoundException">The link's path is not in the drive.</exception>
    public async IAsyncEnumerable<FileChange> RunAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!_options.Force && !_options.IsDryRun) RequireEmpty(folder);
        if (_link.Path is not null && await CountAsync(cancellationToken).ConfigureAwait(false) == 0) throw new PathNotFoundException(_link);
        await foreach (var change in MirrorTo(folder, _options.IsDryRun).RunAsync(cancellationToken).ConfigureAwait(false)) yield return FileChange.From(change);
    }

    /// <summary>Writes the one file that the link's path names.</summary>
    /// <exception cref="PathNotFoundException">The link names no file, or the drive has none there.</exception>
    public async ValueTask CopyFileAsync(Stream destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var entry = _link.Path is null ? null : await _checkout.GetEntryAsync(_link.Path, follow: true, cancellationToken).ConfigureAwait(false);
        if (entry is null) throw new PathNotFoundException(_link);
        await foreach (var chunk in _checkout.ReadAsync(entry, default, cancellationToken).ConfigureAwait(false))
        {
            await destination.WriteAsync(chunk, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Closes the drive.</summary>
    public async ValueTask DisposeAsync()
    {
        await _checkout.DisposeAsync().ConfigureAwait(false);
        await _drive.DisposeAsync().ConfigureAwait(false);
    }

    private Mirror MirrorTo(string folder, bool isDryRun) => new(_checkout, new LocalDrive(folder), new MirrorOptions
    {
        IsDryRun = isDryRun,
        IgnoreWhere = _filter.IsAll ? null : path => !_filter.Includes(path),
        Prune = _options.Prune,
        IncludeEqual = true,
    });

    private static void RequireEmpty(string folder)
    {
        if (!Directory.Exists(folder) || !Directory.EnumerateFileSystemEntries(folder).Any()) return;
        throw new FolderNotEmptyException($"{folder} is not empty. Choose another folder, or write into it with --force (--no-prune keeps files that the drive does not have).");
    }
}
