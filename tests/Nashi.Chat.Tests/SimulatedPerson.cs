using System.Collections.Immutable;
using Nashi.Chat.Epochs;
using Nashi.Chat.Ops;
using Nashi.Chat.Rooms;
using Nashi.Chat.State;
using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Chat.Tests;

/// <summary>One person of a simulated room. Keeps every secret it ever had.</summary>
internal sealed class SimulatedPerson
{
    private readonly SimulatedRoom _room;
    private readonly HashSet<SimulatedOp> _known = [];
    private readonly ChatKeys _keys;
    private readonly EncryptionKeyPair _box;
    private CoreKey _id;
    private ulong _length;

    public SimulatedPerson(SimulatedRoom room, string name, SimulatedPerson? by)
    {
        (_room, Name) = (room, name);
        _keys = Person.NewKeys(name + room.Random.NextUInt64());
        _box = EncryptionKeyPair.FromSeed(Blake2b.Hash(_keys.Device.Seed).AsSpan());
        Writer = new CoreKey(Blake2b.HashParts("writer"u8, _keys.Device.Seed).AsSpan());
        InvitedBy = by;
    }

    public string Name { get; }

    public SimulatedPerson? InvitedBy { get; }

    public CoreKey Writer { get; }

    public PublicKey Identity => _keys.Proof.Identity;

    public Keyring Keyring { get; private set; } = null!;

    public IReadOnlyCollection<SimulatedOp> Known => _known;

    public void Join(CoreKey id) => (_id, Keyring) = (id, new(id, _box));

    public JoinCard Card(in Bytes32 purpose) => JoinCard.Create(purpose, _keys, Writer, Writer, Writer, _box.PublicKey, Name);

    public void Create()
    {
        var key = NewKey();
        Keyring.Add(key);
        var record = EpochRecord.Create(_id, key, EpochReason.Created, [_box.PublicKey], [], _room.Random);
        Append(OpFrame.Frame(record));
        Append(OpFrame.Seal(new(_room.Now(), new CreateOp("room", 0, 0, Card(_id.Value))), record.KeyId, key, _id, Writer, _room.Random));
    }

    public SealingKey ChooseKey()
    {
        var state = Fold();
        var epoch = state.Current ?? state.Epochs[^1];
        if (Keyring.TryGet(epoch.KeyId, out var key)) return new(epoch.KeyId, key, epoch.IsStale);
        foreach (var older in state.Epochs.Reverse())
        {
            if (Keyring.TryGet(older.KeyId, out key)) return new(older.KeyId, key, older.IsStale);
        }

        throw new InvalidOperationException("No key.");
    }

    public SimulatedOp Write(Op op)
    {
        var key = ChooseKey();
        return Append(OpFrame.Seal(new(_room.Now(), op), key.Id, key.Key, _id, Writer, _room.Random));
    }

    public SimulatedOp WriteRaw(byte[] value) => Append(value);

    public void Rotate()
    {
        var state = Fold();
        var older = new List<KeyValuePair<ulong, Bytes32>>();
        foreach (var epoch in state.Epochs.Reverse())
        {
            if (older.Count < EpochRecord.MaxBack && Keyring.TryGet(epoch.KeyId, out var key)) older.Add(new(epoch.KeyId, key));
        }

        Append(OpFrame.Frame(EpochRecord.Create(_id, NewKey(), EpochReason.MemberRemoved, state.Devices.Values.OrderBy(device => device.Rank).Select(device => device.Box), older, _room.Random)));
    }

    public void Remove(SimulatedPerson who)
    {
        var device = Fold().Devices.GetValueOrDefault(who.Writer);
        Write(new RemoveMemberOp(who.Identity, device is null || device.Length == 0 ? [] : [new MessageId(who.Writer, device.Length)]));
    }

    /// <summary>Takes ops in; keys come with their records, as over a connection.</summary>
    public void Learn(IEnumerable<SimulatedOp> ops)
    {
        foreach (var op in ops.ToArray())
        {
            if (_known.Add(op) && OpFrame.TryReadEpoch(op.Value, out var record)) Keyring.Add(record);
        }
    }

    public RoomState Fold() => TryFold() ?? throw new InvalidOperationException($"{Name} waits for a key.");

    /// <summary>The room by what is known here; null when a key is missing that others have.</summary>
    public RoomState? TryFold()
    {
        var state = RoomState.Empty(_id);
        foreach (var op in _known.OrderBy(op => op.Depth).ThenBy(op => op.Id.Writer.Value).ThenBy(op => op.Id.Length))
        {
            if (Apply(state, op) is not { } next) return null;
            state = next;
        }

        return state;
    }

    /// <summary>What an op says; null when no key ever had opens it.</summary>
    public byte[]? Open(SimulatedOp op)
    {
        if (op.Value[0] != OpFrame.SealedOp) return null;
        foreach (var (_, key) in Keyring.List())
        {
            if (OpFrame.Open(op.Value, key, _id, op.Id.Writer) is { } bytes) return bytes;
        }

        return null;
    }

    private RoomState? Apply(RoomState state, SimulatedOp op)
    {
        if (OpFrame.TryReadEpoch(op.Value, out var record)) return RoomRules.Apply(state, op.Id, record).State;
        if (state.IsCreated && !state.Devices.ContainsKey(op.Id.Writer)) return RoomRules.Refuse(state, op.Id, Refusal.NotAMember).State;
        var keyId = Sealing.KeyIdOf(op.Value.AsSpan(1));
        if (op.Value[0] != OpFrame.SealedOp) return RoomRules.Refuse(state, op.Id, Refusal.UnknownKind).State;
        if (state.FindEpoch(keyId) is null) return RoomRules.Refuse(state, op.Id, Refusal.UnknownKey).State;
        if (!Keyring.TryGet(keyId, out var key)) return state.Former.ContainsKey(Writer) ? state : null;
        return OpFrame.Open(op.Value, key, _id, op.Id.Writer) is { } bytes ? RoomRules.Apply(state, op.Id, OpCodec.Decode(bytes)).State : RoomRules.Refuse(state, op.Id, Refusal.Forged).State;
    }

    private SimulatedOp Append(byte[] value)
    {
        var op = new SimulatedOp(new(Writer, ++_length), _known.Count == 0 ? 0 : _known.Max(one => one.Depth) + 1, value);
        Learn([op]);
        return op;
    }

    private Bytes32 NewKey()
    {
        Span<byte> key = stackalloc byte[Bytes32.Size];
        _room.Random.Fill(key);
        return new(key);
    }
}
