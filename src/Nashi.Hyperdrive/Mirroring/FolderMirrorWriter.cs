namespace Nashi.Hyperdrive.Mirroring;

/// <summary>Writes to a folder: many files at once; links last, so that no file can be meant to go through one.</summary>
internal sealed class FolderMirrorWriter(IDrive destination, MirrorComparer comparer, MirrorOptions options) : MirrorWriter
{
    private readonly List<DriveEntry> _links = [];

    public override int Count => 0;

    public override async Task<MirrorWork> PrepareAsync(MirrorWork work, CancellationToken cancellationToken)
    {
        if (work.Source.IsLink) return work;
        var settings = new DriveFileOptions { IsExecutable = options.KeepExecutable && work.Source.IsExecutable, Metadata = work.Source.Metadata };
        if (work.Content is { } content) await destination.PutAsync(work.Source.Path, content, settings, cancellationToken).ConfigureAwait(false);
        else await destination.PutAsync(work.Source.Path, comparer.ReadAsync(work.Source, cancellationToken), settings, cancellationToken).ConfigureAwait(false);

        // Held only for the write: many finished files may wait for an unfinished one before them.
        return work with { Content = null };
    }

    public override ValueTask WriteAsync(MirrorWork work, CancellationToken cancellationToken)
    {
        if (work.Source.IsLink) _links.Add(work.Source);
        return ValueTask.CompletedTask;
    }

    public override async ValueTask DeleteAsync(string path, CancellationToken cancellationToken) => await destination.DeleteAsync(path, cancellationToken).ConfigureAwait(false);

    public override async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        foreach (var link in _links) await destination.SymlinkAsync(link.Path, link.LinkName!, cancellationToken).ConfigureAwait(false);
        _links.Clear();
    }
}
