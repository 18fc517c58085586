using Nashi.Storage.Kv;
using Nashi.Storage.Rocks;
using Nashi.TestKit;

namespace Nashi.Storage.Tests.Kv;

/// <summary>What RocksDB wrote down about how it was opened: the reference must be able to live with it.</summary>
public sealed class RocksOptionsTests
{
    private static readonly string[] OfBoth =
    [
        "compression=kNoCompression",
        "blob_compression_type=kNoCompression",
        "bottommost_compression=kDisableCompressionOption",
        "write_buffer_size=67108864",
        "level_compaction_dynamic_level_bytes=true",
        "comparator=leveldb.BytewiseComparator",
        "merge_operator=nullptr",
        "prefix_extractor=nullptr",
        "compaction_filter=nullptr",
    ];

    private static readonly string[] OfRecords =
    [
        "enable_blob_files=true",
        "min_blob_size=4096",
        "blob_file_size=268435456",
        "enable_blob_garbage_collection=true",
        "blob_garbage_collection_age_cutoff=0.250000",
        "blob_garbage_collection_force_threshold=1.000000",
    ];

    private static readonly string[] OfTables =
    [
        "format_version=6",
        "block_size=8192",
        "checksum=kXXH3",
        "index_type=kBinarySearch",
        "cache_index_and_filter_blocks=true",
        "filter_policy=bloomfilter:10:false",
    ];

    private static readonly string[] OfDatabase =
    [
        "wal_recovery_mode=kPointInTimeRecovery",
        "bytes_per_sync=1048576",
        "max_background_jobs=6",
        "max_open_files=-1",
    ];

    [Fact]
    public void RocksDbStore_Created_WritesTheOptionsTheReferenceReads()
    {
        using var folder = new TempFolder();
        using (var store = RocksDbStore.Open(folder["db"])) Put(store);
        AssertOptions(folder["db"]);
    }

    [Fact]
    public void RocksDbStore_Reopened_KeepsTheOptions()
    {
        using var folder = new TempFolder();
        for (var i = 0; i < 2; i++)
        {
            using var store = RocksDbStore.Open(folder["db"]);
            Put(store);
        }

        AssertOptions(folder["db"]);
    }

    private static void Put(RocksDbStore store)
    {
        var batch = store.CreateBatch();
        batch.Put([1], [2]);
        store.Write(batch);
        store.Flush();
    }

    private static void AssertOptions(string database)
    {
        var sections = Sections(File.ReadAllLines(Directory.GetFiles(database, "OPTIONS-*").Order(StringComparer.Ordinal).Last()));
        Assert.Equal(["corestore", "default"], sections.Keys.Where(name => name.StartsWith("CFOptions", StringComparison.Ordinal)).Select(Quoted).Order());
        foreach (var family in new[] { "default", "corestore" })
        {
            AssertLines(sections[$"CFOptions \"{family}\""], OfBoth);
            AssertLines(sections[$"TableOptions/BlockBasedTable \"{family}\""], OfTables);
        }

        AssertLines(sections["CFOptions \"corestore\""], OfRecords);
        AssertLines(sections["DBOptions"], OfDatabase);
    }

    private static void AssertLines(HashSet<string> lines, string[] wanted)
    {
        var missing = wanted.Where(line => !lines.Contains(line)).ToArray();
        Assert.True(missing.Length == 0, $"Missing: {string.Join(", ", missing)}\nThere: {string.Join('\n', lines)}");
    }

    private static string Quoted(string name) => name.Split('"')[1];

    private static Dictionary<string, HashSet<string>> Sections(string[] lines)
    {
        var sections = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        HashSet<string> current = [];
        foreach (var line in lines.Select(line => line.Trim()))
        {
            if (line.StartsWith('[')) sections[line[1..^1]] = current = new HashSet<string>(StringComparer.Ordinal);
            else if (line.Contains('=', StringComparison.Ordinal)) current.Add(line);
        }

        return sections;
    }
}
