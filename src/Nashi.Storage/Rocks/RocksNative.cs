using System.Runtime.InteropServices;

namespace Nashi.Storage.Rocks;

/// <summary>The functions of RocksDB's C interface that Nashi uses, one to one.</summary>
/// <remarks>Functions with an <c>error</c> argument set it to a message that must be freed with <see cref="rocksdb_free"/>.</remarks>
internal static unsafe partial class RocksNative
{
    private const string Library = "rocksdb";

    [LibraryImport(Library)]
    internal static partial nint rocksdb_options_create();

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_destroy(nint options);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void rocksdb_get_options_from_string(nint baseOptions, string text, nint newOptions, byte** error);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial byte** rocksdb_list_column_families(nint options, string path, nuint* count, byte** error);

    [LibraryImport(Library)]
    internal static partial void rocksdb_list_column_families_destroy(byte** list, nuint count);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint rocksdb_open_column_families(
        nint options, string path, int count, byte** names, nint* familyOptions, nint* handles, byte** error);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint rocksdb_open_for_read_only_column_families(
        nint options, string path, int count, byte** names, nint* familyOptions, nint* handles, byte errorIfLogExists, byte** error);

    [LibraryImport(Library)]
    internal static partial void rocksdb_column_family_handle_destroy(nint handle);

    [LibraryImport(Library)]
    internal static partial uint rocksdb_column_family_handle_get_id(nint handle);

    [LibraryImport(Library)]
    internal static partial void rocksdb_close(nint database);

    [LibraryImport(Library)]
    internal static partial void rocksdb_free(void* pointer);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_readoptions_create();

    [LibraryImport(Library)]
    internal static partial void rocksdb_readoptions_destroy(nint options);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_writeoptions_create();

    [LibraryImport(Library)]
    internal static partial void rocksdb_writeoptions_destroy(nint options);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_flushoptions_create();

    [LibraryImport(Library)]
    internal static partial void rocksdb_flushoptions_destroy(nint options);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_get_pinned_cf(nint database, nint options, nint family, byte* key, nuint keyLength, byte** error);

    [LibraryImport(Library)]
    internal static partial byte* rocksdb_pinnableslice_value(nint slice, nuint* length);

    [LibraryImport(Library)]
    internal static partial void rocksdb_pinnableslice_destroy(nint slice);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_writebatch_create_from(byte* bytes, nuint length);

    [LibraryImport(Library)]
    internal static partial void rocksdb_writebatch_destroy(nint batch);

    [LibraryImport(Library)]
    internal static partial void rocksdb_write(nint database, nint options, nint batch, byte** error);

    [LibraryImport(Library)]
    internal static partial void rocksdb_flush_wal(nint database, byte sync, byte** error);

    [LibraryImport(Library)]
    internal static partial void rocksdb_flush_cf(nint database, nint options, nint family, byte** error);

    [LibraryImport(Library)]
    internal static partial void rocksdb_compact_range_cf_opt(nint database, nint family, nint options, byte* from, nuint fromLength, byte* to, nuint toLength);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_compactoptions_create();

    [LibraryImport(Library)]
    internal static partial void rocksdb_compactoptions_destroy(nint options);

    [LibraryImport(Library)]
    internal static partial void rocksdb_compactoptions_set_bottommost_level_compaction(nint options, byte value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_set_options_cf(nint database, nint family, int count, byte** keys, byte** values, byte** error);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_checkpoint_object_create(nint database, byte** error);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void rocksdb_checkpoint_create(nint checkpoint, string folder, ulong logSizeForFlush, byte** error);

    [LibraryImport(Library)]
    internal static partial void rocksdb_checkpoint_object_destroy(nint checkpoint);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_create_iterator_cf(nint database, nint options, nint family);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_destroy(nint iterator);

    [LibraryImport(Library)]
    internal static partial byte rocksdb_iter_valid(nint iterator);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_seek(nint iterator, byte* key, nuint length);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_seek_for_prev(nint iterator, byte* key, nuint length);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_next(nint iterator);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_prev(nint iterator);

    [LibraryImport(Library)]
    internal static partial byte* rocksdb_iter_key(nint iterator, nuint* length);

    [LibraryImport(Library)]
    internal static partial byte* rocksdb_iter_value(nint iterator, nuint* length);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_get_error(nint iterator, byte** error);
}
