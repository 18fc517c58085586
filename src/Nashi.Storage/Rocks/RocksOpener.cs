using System.Runtime.InteropServices;

namespace Nashi.Storage.Rocks;

/// <summary>Opens a database with every column family it has.</summary>
internal static unsafe class RocksOpener
{
    public const string RecordsFamily = "corestore";

    public static RocksDbHandle Open(string path, bool readOnly)
    {
        // Stores with families of others are few, and to look for them reads the manifest twice.
        try
        {
            return Open(path, readOnly, ["default", RecordsFamily]);
        }
        catch (StorageException error) when (error.Message.Contains("Column families not opened", StringComparison.Ordinal))
        {
            return Open(path, readOnly, ListFamilies(path));
        }
    }

    private static RocksDbHandle Open(string path, bool readOnly, List<string> names)
    {
        var database = Options(RocksOptions.Database, path);
        var options = names.Select(name => Options(name == RecordsFamily ? RocksOptions.Records : RocksOptions.Other, path)).ToArray();
        var utf8 = names.Select(Marshal.StringToCoTaskMemUTF8).ToArray();
        try
        {
            return Open(path, readOnly, names, database, options, utf8);
        }
        finally
        {
            RocksNative.rocksdb_options_destroy(database);
            foreach (var each in options) RocksNative.rocksdb_options_destroy(each);
            foreach (var each in utf8) Marshal.FreeCoTaskMem(each);
        }
    }

    private static RocksDbHandle Open(string path, bool readOnly, List<string> names, nint database, nint[] options, nint[] utf8)
    {
        var handles = new nint[names.Count];
        byte* error = null;
        nint opened;
        fixed (nint* n = utf8, o = options, h = handles)
        {
            opened = readOnly
                ? RocksNative.rocksdb_open_for_read_only_column_families(database, path, names.Count, (byte**)n, o, h, 0, &error)
                : RocksNative.rocksdb_open_column_families(database, path, names.Count, (byte**)n, o, h, &error);
        }

        RocksError.ThrowIf(error, path);
        return new RocksDbHandle(opened, handles, handles[names.IndexOf(RecordsFamily)]);
    }

    // RocksDB insists on opening all families there are: other packages may keep theirs in the same store.
    private static List<string> ListFamilies(string path)
    {
        var names = new List<string> { "default", RecordsFamily };
        if (!File.Exists(Path.Combine(path, "CURRENT"))) return names;
        var options = RocksNative.rocksdb_options_create();
        nuint count;
        byte* error = null;
        var list = RocksNative.rocksdb_list_column_families(options, path, &count, &error);
        RocksNative.rocksdb_options_destroy(options);
        RocksError.ThrowIf(error, path);
        for (nuint i = 0; i < count; i++) names.Add(Marshal.PtrToStringUTF8((nint)list[i])!);
        RocksNative.rocksdb_list_column_families_destroy(list, count);
        return [.. names.Distinct(StringComparer.Ordinal)];
    }

    private static nint Options(string text, string path)
    {
        var fresh = RocksNative.rocksdb_options_create();
        var parsed = RocksNative.rocksdb_options_create();
        byte* error = null;
        RocksNative.rocksdb_get_options_from_string(fresh, text, parsed, &error);
        RocksNative.rocksdb_options_destroy(fresh);
        RocksError.ThrowIf(error, path);
        return parsed;
    }
}
