namespace Nashi.Storage.Kv;

/// <summary>Everyday reads and commits.</summary>
public static class KeyValueStoreExtensions
{
    /// <summary>Reads one value into a new array; null when the key is absent.</summary>
    public static byte[]? Get(this IKeyValueStore store, ReadOnlySpan<byte> key)
    {
        ArgumentNullException.ThrowIfNull(store);
        return store.TryRead(key, 0, static (value, _) => value.ToArray(), out var found) ? found : null;
    }

    /// <summary>Whether a key is present.</summary>
    public static bool Has(this IKeyValueStore store, ReadOnlySpan<byte> key)
    {
        ArgumentNullException.ThrowIfNull(store);
        return store.TryRead(key, 0, static (_, _) => true, out _);
    }

    /// <summary>Applies a batch as a whole and waits until it is as durable as asked.</summary>
    public static ValueTask CommitAsync(this IKeyValueStore store, WriteBatch batch, Durability durability)
    {
        ArgumentNullException.ThrowIfNull(store);
        store.Write(batch);
        return durability == Durability.Synced ? store.SyncAsync() : ValueTask.CompletedTask;
    }
}
