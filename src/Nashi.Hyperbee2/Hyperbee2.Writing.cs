namespace Nashi.Hyperbee2;

public sealed partial class Hyperbee2
{
    /// <summary>Many writes that are appended together by <see cref="Bee2Batch.FlushAsync"/>.</summary>
    public Bee2Batch Batch(Bee2WriteOptions? options = null)
        => _head is null ? new Bee2Batch(_space, options ?? Bee2WriteOptions.Default) : throw Hyperbee2Exception.ReadOnly();

    /// <summary>Sets a key; <see langword="false"/> when it has that value already.</summary>
    public async ValueTask<bool> PutAsync(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default)
    {
        var batch = Batch();
        await using var _ = batch.ConfigureAwait(false);
        batch.Put(key, value);
        return await batch.FlushAsync(cancellationToken).ConfigureAwait(false) > 0;
    }

    /// <summary>Sets a key to a text, both as UTF-8.</summary>
    public ValueTask<bool> PutAsync(string key, string value, CancellationToken cancellationToken = default)
        => PutAsync(System.Text.Encoding.UTF8.GetBytes(key), System.Text.Encoding.UTF8.GetBytes(value), cancellationToken);

    /// <summary>Removes a key; <see langword="false"/> when it is not there.</summary>
    public async ValueTask<bool> DeleteAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken = default)
    {
        var batch = Batch();
        await using var _ = batch.ConfigureAwait(false);
        batch.Delete(key);
        return await batch.FlushAsync(cancellationToken).ConfigureAwait(false) > 0;
    }

    /// <inheritdoc cref="DeleteAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public ValueTask<bool> DeleteAsync(string key, CancellationToken cancellationToken = default)
        => DeleteAsync(System.Text.Encoding.UTF8.GetBytes(key), cancellationToken);
}
