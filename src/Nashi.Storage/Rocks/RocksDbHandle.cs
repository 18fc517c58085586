using System.Runtime.InteropServices;

namespace Nashi.Storage.Rocks;

/// <summary>An open database with all its column families; closed when the last call that uses it has ended.</summary>
internal sealed class RocksDbHandle : SafeHandle
{
    private readonly nint[] _families;
    private volatile bool _isReleased;

    public RocksDbHandle(nint database, nint[] families, nint records)
        : base(0, ownsHandle: true)
    {
        SetHandle(database);
        _families = families;
        Records = records;
        ReadOptions = RocksNative.rocksdb_readoptions_create();
        WriteOptions = RocksNative.rocksdb_writeoptions_create();
        FlushOptions = RocksNative.rocksdb_flushoptions_create();
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Whether it is closed, and its files are free.</summary>
    public bool IsReleased => _isReleased;

    /// <summary>The column family that holds the records.</summary>
    public nint Records { get; }

    public nint ReadOptions { get; }

    public nint WriteOptions { get; }

    public nint FlushOptions { get; }

    protected override bool ReleaseHandle()
    {
        foreach (var family in _families) RocksNative.rocksdb_column_family_handle_destroy(family);
        RocksNative.rocksdb_close(handle);
        RocksNative.rocksdb_readoptions_destroy(ReadOptions);
        RocksNative.rocksdb_writeoptions_destroy(WriteOptions);
        RocksNative.rocksdb_flushoptions_destroy(FlushOptions);
        _isReleased = true;
        return true;
    }
}
