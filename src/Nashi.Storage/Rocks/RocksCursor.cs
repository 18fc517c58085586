using Nashi.Storage.Kv;

namespace Nashi.Storage.Rocks;

/// <summary>Walks keys as they were when it was made.</summary>
internal sealed unsafe class RocksCursor : KeyValueCursor
{
    private readonly RocksDbHandle _database;
    private readonly string _path;
    private readonly byte[] _from;
    private readonly byte[] _to;
    private readonly bool _reverse;
    private readonly Action _onClosed;
    private nint _iterator;
    private bool _started;
    private bool _ended;

    public RocksCursor(RocksDbHandle database, string path, byte[] from, byte[] to, bool reverse, Action onClosed)
    {
        (_database, _path, _from, _to, _reverse, _onClosed) = (database, path, from, to, reverse, onClosed);
        // Held until the cursor is disposed: the database must outlive its iterators.
        var added = false;
        database.DangerousAddRef(ref added);
        _iterator = RocksNative.rocksdb_create_iterator_cf(database.DangerousGetHandle(), database.ReadOptions, database.Records);
    }

    public override ReadOnlySpan<byte> Key
    {
        get
        {
            nuint length;
            var key = RocksNative.rocksdb_iter_key(_iterator, &length);
            return new(key, (int)length);
        }
    }

    public override ReadOnlySpan<byte> Value
    {
        get
        {
            nuint length;
            var value = RocksNative.rocksdb_iter_value(_iterator, &length);
            return new(value, checked((int)length));
        }
    }

    public override bool MoveNext()
    {
        ObjectDisposedException.ThrowIf(_iterator == 0, this);
        if (_ended) return false;
        Step();
        if (RocksNative.rocksdb_iter_valid(_iterator) == 0)
        {
            // Moving an iterator that stands nowhere is undefined there.
            _ended = true;
            byte* error = null;
            RocksNative.rocksdb_iter_get_error(_iterator, &error);
            RocksError.ThrowIf(error, _path);
            return false;
        }

        _ended = _reverse ? Key.SequenceCompareTo(_from) < 0 : Key.SequenceCompareTo(_to) >= 0;
        return !_ended;
    }

    protected override void Dispose(bool disposing)
    {
        if (_iterator != 0)
        {
            RocksNative.rocksdb_iter_destroy(_iterator);
            _iterator = 0;
            _database.DangerousRelease();
            _onClosed();
        }

        base.Dispose(disposing);
    }

    private void Step()
    {
        if (_started && _reverse) RocksNative.rocksdb_iter_prev(_iterator);
        else if (_started) RocksNative.rocksdb_iter_next(_iterator);
        else if (_reverse) SeekBelow();
        else fixed (byte* f = _from) RocksNative.rocksdb_iter_seek(_iterator, f, (nuint)_from.Length);
        _started = true;
    }

    private void SeekBelow()
    {
        fixed (byte* t = _to) RocksNative.rocksdb_iter_seek_for_prev(_iterator, t, (nuint)_to.Length);
        // The end itself is not part of the range.
        if (RocksNative.rocksdb_iter_valid(_iterator) != 0 && Key.SequenceEqual(_to)) RocksNative.rocksdb_iter_prev(_iterator);
    }
}
