using Nashi.Encoding;
using Nashi.Storage.Kv;

namespace Nashi.BlindPeer.Server;

/// <summary>The server's records on the disk, one for each core.</summary>
internal sealed class HostRecords(IKeyValueStore store) : IDisposable
{
    private const byte CorePrefix = 1;

    private readonly WriteBatch _batch = store.CreateBatch();

    /// <summary>All records. One that can not be read is passed over: its core is asked for again, or swept.</summary>
    public IEnumerable<HostRecord> Load()
    {
        List<HostRecord> all = [];
        using var cursor = store.Range([CorePrefix], [CorePrefix + 1]);
        while (cursor.MoveNext())
        {
            if (cursor.Key.Length == 1 + Bytes32.Size && HostRecordCodec.TryDecode(new CoreKey(cursor.Key[1..]), cursor.Value, out var record)) all.Add(record);
        }

        return all;
    }

    public void Put(HostRecord record)
    {
        Span<byte> key = stackalloc byte[1 + Bytes32.Size];
        _batch.Put(KeyOf(key, record.Key), HostRecordCodec.Encode(record));
    }

    public void Delete(CoreKey core)
    {
        Span<byte> key = stackalloc byte[1 + Bytes32.Size];
        _batch.Delete(KeyOf(key, core));
    }

    /// <summary>Writes what was put and deleted, as a whole. What failed is part of the next attempt.</summary>
    public ValueTask WriteAsync(Durability durability)
    {
        if (_batch.Count > 0) store.Write(_batch);
        return durability == Durability.Synced ? store.SyncAsync() : ValueTask.CompletedTask;
    }

    public void Dispose() => store.Dispose();

    private static Span<byte> KeyOf(Span<byte> key, CoreKey core)
    {
        key[0] = CorePrefix;
        core.Value.AsSpan().CopyTo(key[1..]);
        return key;
    }
}
