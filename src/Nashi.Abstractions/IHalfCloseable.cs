namespace Nashi;

/// <summary>A raw byte stream whose sending side can end while its receiving side goes on.</summary>
public interface IHalfCloseable
{
    /// <summary>Ends our bytes after those already written, and waits until the remote has them all.</summary>
    ValueTask ShutdownAsync(CancellationToken cancellationToken = default);
}
