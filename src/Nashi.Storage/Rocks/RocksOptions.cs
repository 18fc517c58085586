namespace Nashi.Storage.Rocks;

/// <summary>How a store is laid out on disk: exactly as the reference does it, so that either opens what the other wrote.</summary>
/// <remarks>The reference's build has no compressor: a compressed file would lock it out, and only after the first flush. Source: dotnet.md §1.2, data.md §4.2.</remarks>
internal static class RocksOptions
{
    private const string Family =
        "compression=kNoCompression;blob_compression_type=kNoCompression;write_buffer_size=67108864;level_compaction_dynamic_level_bytes=true;"
        + "block_based_table_factory={block_size=8192;format_version=6;filter_policy=bloomfilter:10:false;cache_index_and_filter_blocks=true;checksum=kXXH3;"
        + "optimize_filters_for_memory=false;metadata_cache_options={top_level_index_pinning=kAll;partition_pinning=kAll;unpartitioned_pinning=kAll;};};";

    /// <summary>The whole database's options.</summary>
    public const string Database =
        "create_if_missing=true;create_missing_column_families=true;max_background_jobs=6;bytes_per_sync=1048576;max_open_files=-1;"
        + "wal_recovery_mode=kPointInTimeRecovery;keep_log_file_num=4;info_log_level=WARN_LEVEL;stats_dump_period_sec=0;"
        + "skip_stats_update_on_db_open=true;max_file_opening_threads=4;" + Family;

    /// <summary>The options of the column family that holds the records.</summary>
    public const string Records =
        Family + "memtable_insert_with_hint_prefix_extractor=rocksdb.CappedPrefix.3;enable_blob_files=true;min_blob_size=4096;blob_file_size=268435456;enable_blob_garbage_collection=true;";

    /// <summary>The options of families that others put beside ours.</summary>
    public const string Other = Family;
}
