namespace Nashi.Hyperdrive.Mirroring;

/// <summary>Writes what a mirror found to be different.</summary>
internal abstract class MirrorWriter : IAsyncDisposable
{
    /// <summary>How many changes wait for the flush.</summary>
    public abstract int Count { get; }

    /// <summary>Does what may be done out of order, for many files at once.</summary>
    public abstract Task<MirrorWork> PrepareAsync(MirrorWork work, CancellationToken cancellationToken);

    /// <summary>Does the rest, in order.</summary>
    public abstract ValueTask WriteAsync(MirrorWork work, CancellationToken cancellationToken);

    public abstract ValueTask DeleteAsync(string path, CancellationToken cancellationToken);

    public abstract ValueTask FlushAsync(CancellationToken cancellationToken);

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
