namespace Nashi.Hyperdrive.Mirroring;

/// <summary>Writes to a drive: in order, and appended in groups.</summary>
internal sealed class DriveMirrorWriter(Drive drive, MirrorComparer comparer, MirrorOptions options) : MirrorWriter
{
    private readonly DriveBatch _batch = drive.Batch(keepVersions: !options.Batch);

    public override int Count => _batch.Count;

    public override Task<MirrorWork> PrepareAsync(MirrorWork work, CancellationToken cancellationToken) => Task.FromResult(work);

    public override async ValueTask WriteAsync(MirrorWork work, CancellationToken cancellationToken)
    {
        var (path, source) = (work.Source.Path, work.Source);
        var executable = options.KeepExecutable && source.IsExecutable;
        if (source.IsLink)
        {
            await _batch.SymlinkAsync(path, source.LinkName!, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (work.Result == MirrorResult.OnlyAttributes)
        {
            await _batch.PutEntryAsync(path, work.Destination!.Blob, executable, null, source.Metadata, cancellationToken).ConfigureAwait(false);
            return;
        }

        var settings = new DriveFileOptions { IsExecutable = executable, Metadata = source.Metadata, Dedup = options.Dedup };
        if (work.Content is { } content) await _batch.PutAsync(path, content, settings, cancellationToken).ConfigureAwait(false);
        else await _batch.PutAsync(path, comparer.ReadAsync(source, cancellationToken), settings, cancellationToken).ConfigureAwait(false);
    }

    public override async ValueTask DeleteAsync(string path, CancellationToken cancellationToken) => await _batch.DeleteAsync(path, cancellationToken).ConfigureAwait(false);

    public override ValueTask FlushAsync(CancellationToken cancellationToken) => _batch.FlushAsync(cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await _batch.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }
}
