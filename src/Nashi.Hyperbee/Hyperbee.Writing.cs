
namespace Nashi.Hyperbee;

public sealed partial class Hyperbee
{
    /// <summary>Sets a key and appends one block; <see langword="false"/> when <paramref name="compare"/> called it off or nothing would change.</summary>
    public async ValueTask<bool> PutAsync(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte>? value, BeeCompare? compare = null, CancellationToken cancellationToken = default)
    {
        var batch = Batch();
        await using var _ = batch.ConfigureAwait(false);
        var written = await batch.PutAsync(key, value, compare, cancellationToken).ConfigureAwait(false);
        await batch.FlushAsync(cancellationToken).ConfigureAwait(false);
        return written;
    }

    /// <inheritdoc cref="PutAsync(ReadOnlyMemory{byte}, ReadOnlyMemory{byte}?, BeeCompare?, CancellationToken)"/>
    public ValueTask<bool> PutAsync(ReadOnlyMemory<byte> key, byte[]? value, BeeCompare? compare = null, CancellationToken cancellationToken = default)
        => PutAsync(key, value is null ? default(ReadOnlyMemory<byte>?) : value, compare, cancellationToken);

    /// <summary>Sets a key to a text, both as UTF-8.</summary>
    public ValueTask<bool> PutAsync(string key, string? value, BeeCompare? compare = null, CancellationToken cancellationToken = default)
        => PutAsync(Utf8.Bytes(key), value is null ? null : Utf8.Bytes(value), compare, cancellationToken);

    /// <summary>Removes a key and appends one block; <see langword="false"/> when it is not there or <paramref name="compare"/> called it off.</summary>
    public async ValueTask<bool> DeleteAsync(ReadOnlyMemory<byte> key, BeeCompare? compare = null, CancellationToken cancellationToken = default)
    {
        var batch = Batch();
        await using var _ = batch.ConfigureAwait(false);
        var written = await batch.DeleteAsync(key, compare, cancellationToken).ConfigureAwait(false);
        await batch.FlushAsync(cancellationToken).ConfigureAwait(false);
        return written;
    }

    /// <inheritdoc cref="DeleteAsync(ReadOnlyMemory{byte}, BeeCompare?, CancellationToken)"/>
    public ValueTask<bool> DeleteAsync(string key, BeeCompare? compare = null, CancellationToken cancellationToken = default)
        => DeleteAsync(Utf8.Bytes(key), compare, cancellationToken);

    /// <summary>Many writes that are appended together by <see cref="BeeBatch.FlushAsync"/>. Holds the tree's write lock from its first write until then.</summary>
    /// <param name="keepVersions">Whether each write is a version of its own, with the bytes of a single write; otherwise only the last block of the batch can be checked out, and less is stored.</param>
    public BeeBatch Batch(bool keepVersions = false) => new(this, keepVersions);
}
