using System.Buffers.Binary;
using Nashi.Autobase;
using Nashi.Chat.Epochs;
using Nashi.Chat.Ops;
using Nashi.Chat.State;
using Nashi.Encoding;

namespace Nashi.Chat.Rooms;

/// <summary>The application of a room's base: writes the log, applies the rules, keeps snapshots.</summary>
/// <remarks>
/// Views, all sealed or without content: <c>log</c> (every op in order, with its verdict), <c>state</c> (snapshots of the room), <c>epochs</c> (records of keys), <c>marks</c> (which
/// ops change a message). What is in memory follows from them: after the order changed, the state is taken from a newer time of memory or from the last snapshot.
/// Runs on the base's pump; <see cref="Current"/> may be read anywhere.
/// </remarks>
internal sealed class RoomHandler(CoreKey room, CoreKey self, Keyring keyring) : IAutobaseHandler
{
    /// <summary>So many ops at least lie between two snapshots.</summary>
    public const ulong SnapshotEvery = 256;

    private const int StatesMax = 2048;
    private const int OwnName = 32;
    private readonly System.Collections.Concurrent.ConcurrentDictionary<Bytes32, TaskCompletionSource<(MessageId, Refusal)>> _own = [];
    private readonly SortedList<ulong, RoomState> _states = [];
    private AutobaseView _log = null!;
    private AutobaseView _stateLog = null!;
    private AutobaseView _epochs = null!;
    private AutobaseView _marksLog = null!;
    private ulong _lowest = ulong.MaxValue;

    public bool AcceptsOptimistic => false;

    public AutobaseView Log => _log;

    public IReadOnlyList<AutobaseView> Views => [_log, _stateLog, _epochs, _marksLog];

    public Hyperbee.Hyperbee Marks { get; private set; } = null!;

    /// <summary>The room as it is now, at the end of the log.</summary>
    public RoomState Current { get; private set; } = RoomState.Empty(room);

    /// <summary>The key that an op waits for; zero when none does.</summary>
    public ulong WaitsFor { get; private set; }

    /// <summary>Raised when an op begins to wait for a key, and when it has it.</summary>
    public event Action? WaitingChanged;

    public void Open(AutobaseViews views)
    {
        _log = views.Get("log");
        _stateLog = views.Get("state");
        _epochs = views.Get("epochs");
        _marksLog = views.Get("marks");
        Marks = new(_marksLog);
    }

    /// <summary>The lowest position that was written since this was last asked.</summary>
    public ulong TakeLowest() => Interlocked.Exchange(ref _lowest, ulong.MaxValue);

    /// <summary>Ends when a value of ours is applied.</summary>
    public Task<(MessageId Id, Refusal Refusal)> ExpectOwn(ReadOnlySpan<byte> value) =>
        _own.GetOrAdd(NameOf(value), static _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void ForgetOwn(ReadOnlySpan<byte> value) => _own.TryRemove(NameOf(value), out _);

    /// <summary>Takes the state from the views, when nothing was applied since they were opened.</summary>
    public async ValueTask LoadAsync(CancellationToken cancellationToken)
    {
        if (_states.Count > 0) return;
        Remember(_log.Length, await StateAtAsync(_log.Length, cancellationToken).ConfigureAwait(false));
    }

    public async ValueTask ApplyAsync(IReadOnlyList<AppliedValue> values, IApplyHost host, CancellationToken cancellationToken)
    {
        var at = _log.Length;
        var state = await StateAtAsync(at, cancellationToken).ConfigureAwait(false);
        var lines = new List<ReadOnlyMemory<byte>>(values.Count);
        foreach (var value in values)
        {
            var id = new MessageId(value.From, value.Length);
            var before = state;
            var applied = await JudgeAsync(state, id, value.Value, cancellationToken).ConfigureAwait(false);
            if (applied.Op.MustStop) host.Interrupt("An op that needs a newer version.");
            state = applied.Op.State;
            if (applied.Op.Refusal == Refusal.None)
            {
                if (applied.Record is not null) await _epochs.AppendAsync(applied.Record.Encode(), cancellationToken).ConfigureAwait(false);
                if (applied.Target is { } target) await MarkAsync(target, at + (ulong)lines.Count, cancellationToken).ConfigureAwait(false);
            }

            state = await FollowAsync(before, state, applied.Op, host).ConfigureAwait(false);
            lines.Add(new LogEntry(id, applied.Op.Refusal, value.Value, state.Lingering is [var first, ..] ? first : null).Encode());
            if (value.From == self) NoteOwn(id, value.Value, applied.Op.Refusal);
        }

        await _log.AppendAsync(lines, cancellationToken).ConfigureAwait(false);
        state = await SnapshotAsync(state, cancellationToken).ConfigureAwait(false);
        if (at < _lowest) _lowest = at;
        Remember(_log.Length, state);
    }

    /// <summary>The ops that change a message, by their positions in the log.</summary>
    public async ValueTask<List<ulong>> ReadMarksAsync(MessageId target, int max, CancellationToken cancellationToken)
    {
        var found = new List<ulong>();
        if (_marksLog.Length == 0) return found;
        var range = new Hyperbee.BeeRange { AtLeast = MarkKey(target, 0), AtMost = MarkKey(target, ulong.MaxValue), Limit = max };
        await foreach (var entry in Marks.RangeAsync(range, cancellationToken).ConfigureAwait(false)) found.Add(BinaryPrimitives.ReadUInt64BigEndian(entry.Key.Span[^8..]));
        return found;
    }

    /// <summary>Opens a line of the log; null when we have not its key, or it is no op.</summary>
    public Envelope? Read(in LogEntry entry)
    {
        if (entry.Verdict != Refusal.None || entry.Value.Length < 2 || entry.Value.Span[0] != OpFrame.SealedOp) return null;
        if (!keyring.TryGet(Sealing.KeyIdOf(entry.Value.Span[1..]), out var key)) return null;
        return OpFrame.Open(entry.Value.Span, key, room, entry.Id.Writer) is { } bytes ? OpCodec.Decode(bytes).Envelope : null;
    }

    public static ulong KeyIdOf(in LogEntry entry) => entry.Value.Length > 1 ? Sealing.KeyIdOf(entry.Value.Span[1..]) : 0;

    // Its frame, key and the random part of its nonce, or of its first wrap.
    private static Bytes32 NameOf(ReadOnlySpan<byte> value) => new(value[..OwnName]);

    private readonly record struct Judged(AppliedOp Op, MessageId? Target = null, EpochRecord? Record = null);

    private async ValueTask<Judged> JudgeAsync(RoomState state, MessageId id, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        if (state.IsCreated && !state.Devices.ContainsKey(id.Writer)) return new(RoomRules.Refuse(state, id, Refusal.NotAMember));
        if (value.Length is < 2 or > OpFrame.MaxSize && value.Span is not [OpFrame.Epoch, ..]) return new(RoomRules.Refuse(state, id, Refusal.Malformed));
        if (value.Span[0] == OpFrame.Epoch) return JudgeEpoch(state, id, value);
        if (value.Span[0] != OpFrame.SealedOp) return new(RoomRules.Refuse(state, id, Refusal.UnknownKind));
        var keyId = Sealing.KeyIdOf(value.Span[1..]);
        if (state.FindEpoch(keyId) is null) return new(RoomRules.Refuse(state, id, Refusal.UnknownKey));
        if (await FindKeyAsync(state, keyId, cancellationToken).ConfigureAwait(false) is not { } key) return new(RoomRules.Refuse(state, id, Refusal.UnknownKey));
        if (OpFrame.Open(value.Span, key, room, id.Writer) is not { } bytes) return new(RoomRules.Refuse(state, id, Refusal.Forged));
        var decoded = OpCodec.Decode(bytes);
        var target = decoded.Envelope?.Op switch
        {
            EditOp op => op.Target,
            DeleteOp op => op.Target,
            ReactOp op => op.Target,
            _ => (MessageId?)null,
        };
        return new(RoomRules.Apply(state, id, decoded), target);
    }

    private Judged JudgeEpoch(RoomState state, MessageId id, ReadOnlyMemory<byte> value)
    {
        if (!OpFrame.TryReadEpoch(value.Span, out var record)) return new(RoomRules.Refuse(state, id, Refusal.Malformed));
        var applied = RoomRules.Apply(state, id, record);
        if (applied.Refusal == Refusal.None) keyring.Add(record, isApplied: true);
        return new(applied, Record: record);
    }

    // The key was made before the op, but perhaps when its maker had not heard of us: others hand it on. Who was removed never gets it, and is nobody's concern.
    private async ValueTask<Bytes32?> FindKeyAsync(RoomState state, ulong keyId, CancellationToken cancellationToken)
    {
        if (keyring.TryGet(keyId, out var key)) return key;
        if (state.Former.ContainsKey(self)) return null;
        WaitsFor = keyId;
        WaitingChanged?.Invoke();
        try
        {
            return await keyring.WaitAsync(keyId, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            WaitsFor = 0;
            WaitingChanged?.Invoke();
        }
    }

    // What the base has to know of it.
    private static async ValueTask<RoomState> FollowAsync(RoomState before, RoomState state, AppliedOp applied, IApplyHost host)
    {
        foreach (var writer in applied.Added) await host.AddWriterAsync(writer, state.Indexers.Contains(writer)).ConfigureAwait(false);
        if (!ReferenceEquals(before.Indexers, state.Indexers))
        {
            foreach (var writer in state.Indexers)
            {
                if (!before.Indexers.Contains(writer) && !applied.Added.Contains(writer) && !(before.IsCreated is false && writer == host.Key)) await host.AddWriterAsync(writer, isIndexer: true).ConfigureAwait(false);
            }

            foreach (var writer in before.Indexers)
            {
                if (!state.Indexers.Contains(writer) && state.Devices.ContainsKey(writer) && host.IsRemovable(writer)) await host.AddWriterAsync(writer, isIndexer: false).ConfigureAwait(false);
            }
        }

        if (applied.Removed.IsEmpty && state.Lingering.IsEmpty) return state;
        var lingering = state.Lingering.AddRange(applied.Removed);
        foreach (var writer in lingering)
        {
            if (!host.IsRemovable(writer)) continue;
            await host.RemoveWriterAsync(writer).ConfigureAwait(false);
            lingering = lingering.Remove(writer);
        }

        // Only the last indexer can not go: there is at most one.
        return state with { Lingering = lingering.IsEmpty ? [] : [lingering[0]] };
    }

    // Sealed under the current key; while that is stale there is none that leavers do not have.
    private async ValueTask<RoomState> SnapshotAsync(RoomState state, CancellationToken cancellationToken)
    {
        var due = Math.Max(SnapshotEvery, (ulong)state.Devices.Count);
        if (_log.Length - state.SnapshotAt < due || state.Current is not { } epoch) return state;
        state = state with { SnapshotAt = _log.Length };
        if (await FindKeyAsync(state, epoch.KeyId, cancellationToken).ConfigureAwait(false) is not { } key) return state;
        await _stateLog.AppendAsync(Sealing.SealSame(RoomStateCodec.Encode(state), epoch.KeyId, key, room, "state"u8), cancellationToken).ConfigureAwait(false);
        return state;
    }

    private ValueTask MarkAsync(MessageId target, ulong position, CancellationToken cancellationToken)
    {
        var put = Marks.PutAsync(MarkKey(target, position), new byte[] { 1 }, null, cancellationToken);
        return put.IsCompletedSuccessfully ? default : new(put.AsTask());
    }

    private static byte[] MarkKey(MessageId target, ulong position)
    {
        var key = new byte[Bytes32.Size + 16];
        target.Writer.Value.AsSpan().CopyTo(key);
        BinaryPrimitives.WriteUInt64BigEndian(key.AsSpan(Bytes32.Size), target.Length);
        BinaryPrimitives.WriteUInt64BigEndian(key.AsSpan(Bytes32.Size + 8), position);
        return key;
    }

    private async ValueTask<RoomState> StateAtAsync(ulong length, CancellationToken cancellationToken)
    {
        // Whatever lies behind was cut.
        while (_states.Count > 0 && _states.GetKeyAtIndex(_states.Count - 1) > length) _states.RemoveAt(_states.Count - 1);
        if (_states.Count > 0 && _states.GetKeyAtIndex(_states.Count - 1) == length) return _states.GetValueAtIndex(_states.Count - 1);
        if (length == 0) return RoomState.Empty(room);
        await HarvestAsync(cancellationToken).ConfigureAwait(false);
        var state = await ReadSnapshotAsync(length, cancellationToken).ConfigureAwait(false) ?? RoomState.Empty(room);
        for (var at = state.SnapshotAt; at < length; at++) state = await ReplayAsync(state, at, cancellationToken).ConfigureAwait(false);
        return state;
    }

    private async ValueTask HarvestAsync(CancellationToken cancellationToken)
    {
        for (ulong i = 0; i < _epochs.Length; i++)
        {
            if (await _epochs.GetAsync(i, wait: true, cancellationToken).ConfigureAwait(false) is { } bytes && EpochRecord.TryDecode(bytes, out var record)) keyring.Add(record, isApplied: true);
        }
    }

    private async ValueTask<RoomState?> ReadSnapshotAsync(ulong length, CancellationToken cancellationToken)
    {
        for (var i = _stateLog.Length; i > 0; i--)
        {
            if (await _stateLog.GetAsync(i - 1, wait: true, cancellationToken).ConfigureAwait(false) is not { } sealedState) continue;
            if (!keyring.TryGet(Sealing.KeyIdOf(sealedState), out var key) || Sealing.OpenSame(sealedState, key, room, "state"u8) is not { } bytes) continue;
            if (RoomStateCodec.TryDecode(bytes, room, out var state) && state.SnapshotAt <= length) return state;
        }

        return null;
    }

    private async ValueTask<RoomState> ReplayAsync(RoomState state, ulong at, CancellationToken cancellationToken)
    {
        var bytes = await _log.GetAsync(at, wait: true, cancellationToken).ConfigureAwait(false);
        if (bytes is null || !LogEntry.TryDecode(bytes, out var entry)) throw new ChatException("DAMAGED", $"Line {at} of the room's log is damaged.");
        if (entry.IsUnread) return RoomRules.Refuse(state, entry.Id, entry.Verdict).State with { Lingering = entry.Lingering is { } last ? [last] : [] };
        var applied = (await JudgeAsync(state, entry.Id, entry.Value, cancellationToken).ConfigureAwait(false)).Op;
        return applied.State with { Lingering = entry.Lingering is { } writer ? [writer] : [] };
    }

    // The base does not tell which length a value got: its nonce does.
    private void NoteOwn(MessageId id, ReadOnlyMemory<byte> value, Refusal refusal)
    {
        if (value.Length >= OwnName && _own.TryGetValue(NameOf(value.Span), out var waiting)) waiting.TrySetResult((id, refusal));
    }

    private void Remember(ulong length, RoomState state)
    {
        _states[length] = state;
        while (_states.Count > StatesMax) _states.RemoveAt(0);
        Current = state;
    }
}
