using System.Runtime.CompilerServices;
using Nashi.Hyperdrive.Mirroring;

namespace Nashi.Hyperdrive;

/// <summary>Makes one drive or folder hold what another holds.</summary>
/// <remarks>
/// Files are compared by content, so running it again does only what is left to do. Many files are read and compared at once; the changes come in the order
/// of the source. A path that could mean another place than it says, in a stranger's drive, ends the mirror with <see cref="DrivePathException"/>.
/// </remarks>
public sealed class Mirror
{
    // Changes of a drive are appended in groups: one signature and one storage batch for many files.
    private const int GroupSize = 256;

    // Below this no one runs out of disk between two looks at it.
    private const ulong LargeFile = 64 * 1024 * 1024;

    private readonly IDrive _source;
    private readonly IDrive _destination;
    private readonly MirrorOptions _options;
    private readonly MirrorComparer _comparer;
    private readonly DriveListOptions _list;

    /// <summary>A mirror that starts when it is run.</summary>
    public Mirror(IDrive source, IDrive destination, MirrorOptions? options = null)
    {
        _source = source;
        _destination = destination;
        _options = options ?? MirrorOptions.Default;
        _comparer = new MirrorComparer(source, destination, _options);
        _list = new DriveListOptions { Ignore = _options.Ignore, IgnoreWhere = _options.IgnoreWhere };
    }

    /// <summary>What was done so far.</summary>
    public MirrorCount Count { get; private set; }

    /// <summary>Does everything and answers what was done.</summary>
    public async Task<MirrorCount> CompleteAsync(CancellationToken cancellationToken = default)
    {
        await foreach (var _ in RunAsync(cancellationToken).ConfigureAwait(false)) cancellationToken.ThrowIfCancellationRequested();
        return Count;
    }

    /// <summary>Does everything, telling each change. When it is stopped early, a batch is not flushed.</summary>
    public async IAsyncEnumerable<MirrorChange> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (!_destination.IsWritable && !_options.IsDryRun) throw MirrorException.NotWritable();
        Count = default;
        var writer = NewWriter();
        await using var _ = writer.ConfigureAwait(false);
        if (_options.Prune)
        {
            await foreach (var change in PruneAsync(writer, cancellationToken).ConfigureAwait(false)) yield return Counted(change);
            if (!_options.Batch) await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        await foreach (var work in CompareAsync(writer, cancellationToken).ConfigureAwait(false))
        {
            var change = Counted(work.ToChange());
            if (work.Result == MirrorResult.Same)
            {
                if (_options.IncludeEqual) yield return change;
                continue;
            }

            if (!_options.IsDryRun) await writer.WriteAsync(work, cancellationToken).ConfigureAwait(false);
            yield return change;
            if (!_options.Batch && writer.Count >= GroupSize) await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private int Width => _options.Parallelism > 0 ? _options.Parallelism : _source is Drive { IsWritable: false } ? 64 : 16;

    private MirrorWriter NewWriter() => _destination is Drive drive ? new DriveMirrorWriter(drive, _comparer, _options) : new FolderMirrorWriter(_destination, _comparer, _options);

    private MirrorChange Counted(MirrorChange change)
    {
        Count = Count.With(change);
        return change;
    }

    private async IAsyncEnumerable<MirrorChange> PruneAsync(MirrorWriter writer, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in ListAsync(_destination, cancellationToken).ConfigureAwait(false))
        {
            if (await _source.GetEntryAsync(entry.Path, follow: false, cancellationToken).ConfigureAwait(false) is not null) continue;
            var removed = await _destination.GetByteLengthAsync(entry, cancellationToken).ConfigureAwait(false);
            if (!_options.IsDryRun) await writer.DeleteAsync(entry.Path, cancellationToken).ConfigureAwait(false);
            yield return new MirrorChange(MirrorChangeKind.Remove, entry.Path, 0, removed);
        }
    }

    private IAsyncEnumerable<MirrorWork> CompareAsync(MirrorWriter writer, CancellationToken cancellationToken)
    {
        ulong total = 0;
        return OrderedParallel.SelectAsync(SourceAsync(cancellationToken), Width, async (entry, token) =>
        {
            var work = await _comparer.CompareAsync(entry, token).ConfigureAwait(false);
            if (work.Result == MirrorResult.Same) return work;
            RequireRoom(work, Interlocked.Add(ref total, work.Added));
            return _options.IsDryRun ? work : await writer.PrepareAsync(work, token).ConfigureAwait(false);
        }, cancellationToken);
    }

    private void RequireRoom(MirrorWork work, ulong total)
    {
        if (total > _options.MaxBytes) throw MirrorException.TooLarge(total, _options.MaxBytes);
        if (work.Added < LargeFile || _destination is not LocalDrive folder) return;
        var free = folder.FreeBytes;
        if (work.Added > free) throw MirrorException.TooLarge(work.Added, free);
    }

    private async IAsyncEnumerable<DriveEntry> SourceAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in ListAsync(_source, cancellationToken).ConfigureAwait(false))
        {
            if (!DrivePath.IsCanonical(entry.Path)) throw DrivePathException.Refused(entry.Path, "it is not written as paths of drives are");
            if (_options.Filter?.Invoke(entry.Path) != false) yield return entry;
        }
    }

    // All below each prefix, and the prefix itself where it is a file.
    private async IAsyncEnumerable<DriveEntry> ListAsync(IDrive drive, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var prefix in _options.Prefixes)
        {
            await foreach (var entry in drive.ListAsync(prefix, _list, cancellationToken).ConfigureAwait(false)) yield return entry;
            if (DrivePath.Folder(prefix).Length == 0) continue;
            if (await drive.GetEntryAsync(prefix, follow: false, cancellationToken).ConfigureAwait(false) is { } single) yield return single;
        }
    }
}
