using CsCheck;
using Nashi.Storage.Kv;
using Nashi.Storage.Rocks;
using Nashi.TestKit;

namespace Nashi.Storage.Tests.Kv;

/// <summary>Both stores do what a sorted dictionary does, batch by batch.</summary>
public sealed class StoreModelTests
{
    private static readonly Gen<byte[]> Key = Gen.Byte[0, 3].Array[1, 4];
    private static readonly Gen<(int Kind, byte[] A, byte[] B)> Change = Gen.Select(Gen.Int[0, 9], Key, Gen.OneOf(Key, Gen.Byte.Array[0, 40], Gen.Const(new byte[5000])));
    private static readonly Gen<(int Kind, byte[] A, byte[] B)[][]> Batches = Change.Array[0, 12].Array[1, 20];

    [Fact]
    public void Stores_AnyBatches_EqualTheModel()
    {
        using var folder = new TempFolder();
        var run = 0;
        Batches.Sample(batches =>
        {
            using var memory = new MemoryStore();
            using var rocks = RocksDbStore.Open(folder[$"db{Interlocked.Increment(ref run)}"]);
            var model = new SortedDictionary<byte[], byte[]>(ByteOrder.Instance);
            foreach (var batch in batches)
            {
                Apply(memory, batch);
                Apply(rocks, batch);
                Apply(model, batch);
                if (batch.Length == 5) rocks.Flush();
                AssertSame(model, memory, batch);
                AssertSame(model, rocks, batch);
            }
        }, iter: 25, threads: 1);
    }

    [Fact]
    public void RocksDbStore_Reopened_EqualsTheModel()
    {
        using var folder = new TempFolder();
        var model = new SortedDictionary<byte[], byte[]>(ByteOrder.Instance);
        Batches.Sample(batches =>
        {
            using var rocks = RocksDbStore.Open(folder["db"]);
            AssertSame(model, rocks, []);
            foreach (var batch in batches)
            {
                Apply(rocks, batch);
                Apply(model, batch);
            }

            if (batches.Length % 3 == 0) rocks.Compact([], [byte.MaxValue]);
        }, iter: 12, threads: 1);
    }

    [Fact]
    public void MemoryStore_ManyKeys_StaysSorted()
    {
        using var store = new MemoryStore();
        var batch = store.CreateBatch();
        foreach (var i in Enumerable.Range(0, 20_000)) batch.Put(BitConverter.GetBytes((i * 7919) % 20_000), [1]);
        store.Write(batch);
        Assert.Equal(20_000, store.Count);
        using var cursor = store.Range([], [byte.MaxValue, byte.MaxValue, byte.MaxValue, byte.MaxValue, byte.MaxValue]);
        byte[] last = [];
        while (cursor.MoveNext())
        {
            Assert.True(cursor.Key.SequenceCompareTo(last) > 0);
            last = cursor.Key.ToArray();
        }
    }

    [Fact]
    public void Cursor_PastItsEnd_StaysThere()
    {
        using var folder = new TempFolder();
        foreach (var store in new IKeyValueStore[] { new MemoryStore(), RocksDbStore.Open(folder["db"]) })
        {
            using var owner = store;
            using var cursor = store.Range([0], [1]);
            Assert.False(cursor.MoveNext());
            Assert.False(cursor.MoveNext());
        }
    }

    [Fact]
    public async Task RocksDbStore_ManyWriters_ShareSyncs()
    {
        using var folder = new TempFolder();
        using var store = RocksDbStore.Open(folder["db"]);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            var batch = store.CreateBatch();
            for (byte i = 0; i < 50; i++)
            {
                batch.Put([(byte)writer, i], [i]);
                await store.CommitAsync(batch, Durability.Synced);
            }
        }))).WaitAsync(TimeSpan.FromSeconds(60));
        for (byte writer = 0; writer < 8; writer++) Assert.Equal([49], store.Get([writer, 49]));
    }

    [Fact]
    public async Task RocksDbStore_StuckAfterAFullDisk_OpensAnewUnderItsReaders()
    {
        using var folder = new TempFolder();
        using var store = RocksDbStore.Open(folder["db"]);
        Put(store, 1);
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            while (!stop.IsCancellationRequested) Assert.Equal(1, store.Get([1])!.Single());
        })).ToArray();
        for (byte i = 2; i < 8; i++)
        {
            store.MarkStuck();
            Put(store, i);
            await store.SyncAsync();
        }

        using (var cursor = store.Range([], [9]))
        {
            // An open cursor keeps the database: it is opened anew later.
            store.MarkStuck();
            Put(store, 8);
            Assert.True(cursor.MoveNext());
        }

        Put(store, 9);
        await stop.CancelAsync();
        await Task.WhenAll(readers).WaitAsync(TimeSpan.FromSeconds(60));
        for (byte i = 1; i < 10; i++) Assert.Equal(i, store.Get([i])!.Single());
    }

    [Fact]
    public async Task RocksDbStore_Disposed_SaysSo()
    {
        using var folder = new TempFolder();
        var store = RocksDbStore.Open(folder["db"]);
        var batch = store.CreateBatch();
        batch.Put([1], [1]);
        store.Dispose();
        Assert.Throws<ObjectDisposedException>(() => store.Write(batch));
        Assert.Throws<ObjectDisposedException>(() => store.Get([1]));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.SyncAsync());
        store.Dispose();
    }

    private static void Put(RocksDbStore store, byte value)
    {
        var batch = store.CreateBatch();
        batch.Put([value], [value]);
        store.Write(batch);
    }

    private static void Apply(IKeyValueStore store, (int Kind, byte[] A, byte[] B)[] changes)
    {
        var batch = store.CreateBatch();
        foreach (var (kind, a, b) in changes)
        {
            if (kind == 0) batch.Delete(a);
            else if (kind == 1) batch.DeleteRange(a, b);
            else batch.Put(a, b);
        }

        store.Write(batch);
        Assert.Equal(0, batch.Count);
    }

    private static void Apply(SortedDictionary<byte[], byte[]> model, (int Kind, byte[] A, byte[] B)[] changes)
    {
        foreach (var (kind, a, b) in changes)
        {
            if (kind == 0) model.Remove(a);
            else if (kind == 1) foreach (var key in model.Keys.Where(key => Between(key, a, b)).ToList()) model.Remove(key);
            else model[a] = b;
        }
    }

    private static void AssertSame(SortedDictionary<byte[], byte[]> model, IKeyValueStore store, (int Kind, byte[] A, byte[] B)[] changes)
    {
        AssertRange(model, store, [], [byte.MaxValue]);
        foreach (var (_, a, b) in changes)
        {
            Assert.Equal(model.GetValueOrDefault(a), store.Get(a));
            AssertRange(model, store, a, b);
        }
    }

    private static void AssertRange(SortedDictionary<byte[], byte[]> model, IKeyValueStore store, byte[] from, byte[] to)
    {
        var wanted = model.Where(entry => Between(entry.Key, from, to)).Select(entry => (Hex(entry.Key), Hex(entry.Value))).ToList();
        Assert.Equal(wanted, Walk(store.Range(from, to)));
        wanted.Reverse();
        Assert.Equal(wanted, Walk(store.Range(from, to, reverse: true)));
    }

    private static List<(string Key, string Value)> Walk(KeyValueCursor cursor)
    {
        var all = new List<(string Key, string Value)>();
        using (cursor) while (cursor.MoveNext()) all.Add((Hex(cursor.Key), Hex(cursor.Value)));
        return all;
    }

    private static bool Between(byte[] key, byte[] from, byte[] to) => key.AsSpan().SequenceCompareTo(from) >= 0 && key.AsSpan().SequenceCompareTo(to) < 0;

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    private sealed class ByteOrder : IComparer<byte[]>
    {
        public static ByteOrder Instance { get; } = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
