using Nashi.Encoding;
using Nashi.Storage.Kv;

namespace Nashi.Storage.Records;

/// <summary>Reads and writes records as values of a store.</summary>
internal static class RecordCodec
{
    public static byte[] Encode<T>(T record)
        where T : IStoredRecord<T>
    {
        var bytes = new byte[record.Size];
        var writer = new CompactWriter(bytes);
        record.Write(ref writer);
        return bytes;
    }

    public static bool TryDecode<T>(ReadOnlySpan<byte> bytes, out T record)
        where T : IStoredRecord<T>
    {
        var reader = new CompactReader(bytes);
        return T.TryRead(ref reader, out record);
    }

    public static void Put<T>(this WriteBatch batch, ReadOnlySpan<byte> key, T record)
        where T : IStoredRecord<T>
    {
        var writer = new CompactWriter(batch.Put(key, record.Size));
        record.Write(ref writer);
    }

    /// <summary>Reads a record; false when it is absent.</summary>
    /// <exception cref="StorageException">It is there but cannot be understood.</exception>
    public static bool TryGet<T>(this IKeyValueStore store, ReadOnlySpan<byte> key, out T record)
        where T : IStoredRecord<T>
    {
        if (!store.TryRead(key, 0, static (value, _) => (Ok: TryDecode<T>(value, out var read), Record: read), out var found))
        {
            record = default!;
            return false;
        }

        if (!found.Ok) throw StorageException.Damaged($"the {typeof(T).Name} record at key {Convert.ToHexStringLower(key)}");
        record = found.Record;
        return true;
    }
}
