using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Chat.Epochs;

/// <summary>The keys of a room that this device has, and the records it could not open yet. Thread-safe.</summary>
internal sealed class Keyring(CoreKey room, EncryptionKeyPair box)
{
    // Of records that no log holds, more are never kept: a stranger may send any number.
    private const int MaxUnapplied = 256;

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, Bytes32> _keys = [];
    private readonly Dictionary<ulong, EpochRecord> _records = [];
    private readonly HashSet<ulong> _unapplied = [];
    private readonly HashSet<ulong> _settled = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Raised when a key was added. Not under a lock.</summary>
    public event Action? Changed;

    public CoreKey Room => room;

    public int Count
    {
        get
        {
            lock (_gate) return _keys.Count;
        }
    }

    public bool TryGet(ulong keyId, out Bytes32 key)
    {
        lock (_gate) return _keys.TryGetValue(keyId, out key);
    }

    /// <summary>All keys, for storing them sealed.</summary>
    public IReadOnlyList<KeyValuePair<ulong, Bytes32>> List()
    {
        lock (_gate) return [.. _keys];
    }

    /// <summary>The log's records, for handing them to others: they are nobody's secret. What strangers sent is not handed on.</summary>
    public IReadOnlyList<EpochRecord> ListRecords()
    {
        lock (_gate) return [.. _records.Values.Where(record => !_unapplied.Contains(record.KeyId))];
    }

    /// <summary>Takes a key in, and what it opens.</summary>
    public bool Add(in Bytes32 key)
    {
        bool isNew;
        var id = KeyIds.Of(room, key);
        lock (_gate)
        {
            isNew = Fits(id, key) && _keys.TryAdd(id, key);
            if (isNew) Settle(id);
        }

        if (isNew) Tell();
        return isNew;
    }

    /// <summary>Takes a record in: from the log, or from anybody, since a key proves itself by its commitment.</summary>
    /// <param name="record">The record.</param>
    /// <param name="isApplied">Whether it stands in the log: it then takes the place of another of the same short name, and a key that is not its own is thrown away.</param>
    public bool Add(EpochRecord record, bool isApplied = false)
    {
        var isNew = false;
        lock (_gate)
        {
            if (isApplied) Displace(record);
            else if (_unapplied.Count >= MaxUnapplied) return false;
            if (!_records.TryAdd(record.KeyId, record)) return false;
            if (!isApplied) _unapplied.Add(record.KeyId);
            if (!_keys.ContainsKey(record.KeyId) && record.TryOpen(room, box, out var key)) isNew = _keys.TryAdd(record.KeyId, key);
            var before = _keys.Count;
            if (_keys.ContainsKey(record.KeyId)) Settle(record.KeyId);
            isNew |= _keys.Count > before;
        }

        if (isNew) Tell();
        return isNew;
    }

    /// <summary>Waits for a key.</summary>
    public async ValueTask<Bytes32> WaitAsync(ulong keyId, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_keys.TryGetValue(keyId, out var key)) return key;
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    // Each key may open older ones, whose records open more. Each record is worked through once.
    private void Settle(ulong keyId)
    {
        var open = new Stack<ulong>([keyId]);
        while (open.TryPop(out var next))
        {
            if (!_records.TryGetValue(next, out var record) || !_settled.Add(next)) continue;
            foreach (var (id, old) in record.OpenBack(room, _keys[next]))
            {
                if (Fits(id, old) && _keys.TryAdd(id, old)) open.Push(id);
            }
        }
    }

    private bool Fits(ulong keyId, in Bytes32 key) => !_records.TryGetValue(keyId, out var record) || record.IsOf(room, key);

    private void Displace(EpochRecord record)
    {
        _unapplied.Remove(record.KeyId);
        if (_records.TryGetValue(record.KeyId, out var other) && other.Commitment != record.Commitment)
        {
            _records.Remove(record.KeyId);
            _settled.Remove(record.KeyId);
        }

        if (_keys.TryGetValue(record.KeyId, out var key) && !record.IsOf(room, key)) _keys.Remove(record.KeyId);
    }

    private void Tell()
    {
        TaskCompletionSource changed;
        lock (_gate) (changed, _changed) = (_changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
        changed.TrySetResult();
        Changed?.Invoke();
    }
}
