using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Nashi.Chat.Ops;
using Nashi.Encoding;

namespace Nashi.Chat.State;

/// <summary>A room's state as bytes, the same on every device: snapshots in the base's view.</summary>
internal static class RoomStateCodec
{
    private const byte Version = 1;
    private const int MaxEpochs = 1 << 20;

    public static byte[] Encode(RoomState state)
    {
        var buffer = new ArrayBufferWriter<byte>(1024 + (512 * state.Devices.Count));
        var writer = new CompactWriter(buffer);
        writer.WriteByte(Version);
        writer.WriteString(state.Name);
        writer.WriteUInt((ulong)state.OpsPerMinute);
        writer.WriteUInt((ulong)state.Burst);
        writer.WriteUInt(state.Arrivals);
        writer.WriteUInt(state.SnapshotAt);
        writer.WriteUInt((ulong)state.Members.Count);
        foreach (var member in state.Members.Values.OrderBy(member => member.Identity.Value)) WriteMember(ref writer, member);
        writer.WriteUInt((ulong)state.Devices.Count);
        foreach (var device in state.Devices.Values.OrderBy(device => device.Writer.Value)) WriteDevice(ref writer, device);
        writer.WriteUInt((ulong)state.Former.Count);
        foreach (var (key, former) in state.Former.OrderBy(one => one.Key.Value)) WriteFormer(ref writer, key, former);
        writer.WriteUInt((ulong)state.Invites.Count);
        foreach (var invite in state.Invites.Values.OrderBy(invite => invite.Key.Value)) WriteInvite(ref writer, invite);
        writer.WriteUInt((ulong)state.Epochs.Length);
        foreach (var epoch in state.Epochs) WriteEpoch(ref writer, epoch);
        WriteKeys(ref writer, [.. state.Indexers]);
        WriteKeys(ref writer, state.Lingering);
        return buffer.WrittenSpan.ToArray();
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, CoreKey room, [NotNullWhen(true)] out RoomState? state)
    {
        state = null;
        var reader = new CompactReader(bytes);
        if (!reader.TryReadByte(out var version) || version != Version || !reader.TryReadString(OpCodec.MaxRoomName, out var name)) return false;
        if (!reader.TryReadInt32(out var rate) || !reader.TryReadInt32(out var burst) || !reader.TryReadUInt(out var arrivals) || !reader.TryReadUInt(out var snapshotAt)) return false;
        var read = RoomState.Empty(room) with { Name = name, OpsPerMinute = rate, Burst = burst, Arrivals = arrivals, SnapshotAt = snapshotAt };
        if (!TryReadMembers(ref reader, ref read) || !TryReadDevices(ref reader, ref read) || !TryReadFormer(ref reader, ref read)) return false;
        if (!TryReadInvites(ref reader, ref read) || !TryReadEpochs(ref reader, ref read)) return false;
        if (!TryReadKeys(ref reader, out var indexers) || !TryReadKeys(ref reader, out var lingering) || !reader.IsEmpty) return false;
        state = read with { Indexers = indexers.ToImmutableSortedSet(CoreKeyComparer.Instance), Lingering = lingering };
        return true;
    }

    private static void WriteMember(ref CompactWriter writer, Member member)
    {
        writer.WriteFixed32(member.Identity.Value);
        writer.WriteString(member.Name);
        writer.WriteByte((byte)member.Role);
        writer.WriteUInt((ulong)member.Since.ToUnixTimeMilliseconds());
        writer.WriteBool(member.IsMuted);
        writer.WriteFixed32(member.InvitedBy.Value);
        writer.WriteUInt(member.Rank);
        OpCodec.WriteMessageId(ref writer, member.AddedBy);
        WriteKeys(ref writer, member.Writers);
    }

    private static bool TryReadMembers(ref CompactReader reader, ref RoomState state)
    {
        if (!reader.TryReadArrayLength(2 * Bytes32.Size, out var count) || count > RoomState.MaxMembers) return false;
        var members = state.Members.ToBuilder();
        for (var i = 0; i < count; i++)
        {
            if (!OpCodec.TryReadKey(ref reader, out var identity) || !reader.TryReadString(Member.MaxName, out var name) || !reader.TryReadByte(out var role)) return false;
            if (!reader.TryReadUInt(out var since) || !reader.TryReadBool(out var isMuted) || !OpCodec.TryReadKey(ref reader, out var by) || !reader.TryReadUInt(out var rank)) return false;
            if (!OpCodec.TryReadMessageId(ref reader, out var addedBy) || !TryReadKeys(ref reader, out var writers) || role > (byte)RoomRole.Owner) return false;
            members[identity] = new Member
            {
                Identity = identity, Name = name, Role = (RoomRole)role, Since = new HybridTime(since, 0).Time, IsMuted = isMuted, InvitedBy = by, Rank = rank, AddedBy = addedBy, Writers = writers,
            };
        }

        state = state with { Members = members.ToImmutable() };
        return true;
    }

    private static void WriteDevice(ref CompactWriter writer, MemberDevice device)
    {
        writer.WriteFixed32(device.Writer.Value);
        writer.WriteFixed32(device.Identity.Value);
        writer.WriteFixed32(device.Key.Value);
        writer.WriteFixed32(device.Content.Value);
        writer.WriteFixed32(device.Files.Value);
        writer.WriteFixed32(device.Box);
        writer.WriteUInt(device.Rank);
        writer.WriteUInt(device.Clock.Milliseconds);
        writer.WriteUInt(device.Clock.Counter);
        writer.WriteUInt(device.Length);
        writer.WriteUInt((ulong)device.Allowance);
        writer.WriteBool(device.IsSilent);
    }

    private static bool TryReadDevices(ref CompactReader reader, ref RoomState state)
    {
        if (!reader.TryReadArrayLength(6 * Bytes32.Size, out var count) || count > RoomState.MaxDevices) return false;
        var devices = state.Devices.ToBuilder();
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryReadFixed32(out var writer) || !OpCodec.TryReadKey(ref reader, out var identity) || !OpCodec.TryReadKey(ref reader, out var key)) return false;
            if (!reader.TryReadFixed32(out var content) || !reader.TryReadFixed32(out var files) || !reader.TryReadFixed32(out var box) || !reader.TryReadUInt(out var rank)) return false;
            if (!reader.TryReadUInt(out var time) || !reader.TryReadUInt(out var counter) || !reader.TryReadUInt(out var length)) return false;
            if (!reader.TryReadUInt(out var allowance) || !reader.TryReadBool(out var isSilent)) return false;
            devices[new(writer)] = new MemberDevice
            {
                Writer = new(writer), Identity = identity, Key = key, Content = new(content), Files = new(files), Box = box, Rank = rank,
                Clock = new(time, (uint)counter), Length = length, Allowance = (long)allowance, IsSilent = isSilent,
            };
        }

        state = state with { Devices = devices.ToImmutable() };
        return true;
    }

    private static void WriteFormer(ref CompactWriter writer, CoreKey key, FormerDevice former)
    {
        writer.WriteFixed32(key.Value);
        writer.WriteFixed32(former.Identity.Value);
        writer.WriteString(former.Name);
        writer.WriteFixed32(former.Box);
        writer.WriteFixed32(former.Content.Value);
        writer.WriteFixed32(former.Files.Value);
        writer.WriteUInt(former.Cut);
    }

    private static bool TryReadFormer(ref CompactReader reader, ref RoomState state)
    {
        if (!reader.TryReadArrayLength(5 * Bytes32.Size, out var count) || count > 2 * RoomState.MaxDevices) return false;
        var all = state.Former.ToBuilder();
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryReadFixed32(out var key) || !OpCodec.TryReadKey(ref reader, out var identity) || !reader.TryReadString(Member.MaxName, out var name)) return false;
            if (!reader.TryReadFixed32(out var box) || !reader.TryReadFixed32(out var content) || !reader.TryReadFixed32(out var files) || !reader.TryReadUInt(out var cut)) return false;
            all[new(key)] = new(identity, name, box, new(content), new(files), cut);
        }

        state = state with { Former = all.ToImmutable() };
        return true;
    }

    private static void WriteInvite(ref CompactWriter writer, RoomInvite invite)
    {
        writer.WriteFixed32(invite.Key.Value);
        writer.WriteByte((byte)invite.Role);
        writer.WriteUInt((ulong)(invite.Expires?.ToUnixTimeMilliseconds() ?? 0));
        writer.WriteUInt((ulong)(invite.MaxUses ?? 0));
        writer.WriteUInt((ulong)invite.Uses);
        writer.WriteFixed32(invite.By.Value);
        OpCodec.WriteMessageId(ref writer, invite.MadeBy);
    }

    private static bool TryReadInvites(ref CompactReader reader, ref RoomState state)
    {
        if (!reader.TryReadArrayLength(3 * Bytes32.Size, out var count) || count > RoomState.MaxInvites) return false;
        var invites = state.Invites.ToBuilder();
        for (var i = 0; i < count; i++)
        {
            if (!OpCodec.TryReadKey(ref reader, out var key) || !reader.TryReadByte(out var role) || role > (byte)RoomRole.Owner || !reader.TryReadUInt(out var expires)) return false;
            if (!reader.TryReadInt32(out var maxUses) || !reader.TryReadInt32(out var uses) || !OpCodec.TryReadKey(ref reader, out var by) || !OpCodec.TryReadMessageId(ref reader, out var madeBy)) return false;
            invites[key] = new RoomInvite
            {
                Key = key, Role = (RoomRole)role, Expires = expires == 0 ? null : new HybridTime(expires, 0).Time, MaxUses = maxUses == 0 ? null : maxUses, Uses = uses, By = by, MadeBy = madeBy,
            };
        }

        state = state with { Invites = invites.ToImmutable() };
        return true;
    }

    private static void WriteEpoch(ref CompactWriter writer, EpochState epoch)
    {
        writer.WriteUInt64(epoch.KeyId);
        writer.WriteBool(epoch.IsStale);
        writer.WriteUInt((ulong)epoch.Tags.Count);
        foreach (var tag in epoch.Tags.Order()) writer.WriteUInt64(tag);
    }

    private static bool TryReadEpochs(ref CompactReader reader, ref RoomState state)
    {
        if (!reader.TryReadArrayLength(10, out var count) || count > MaxEpochs) return false;
        var epochs = ImmutableArray.CreateBuilder<EpochState>(count);
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryReadUInt64(out var keyId) || !reader.TryReadBool(out var isStale) || !reader.TryReadArrayLength(8, out var tagCount) || tagCount > 2 * RoomState.MaxDevices) return false;
            var tags = ImmutableHashSet.CreateBuilder<ulong>();
            for (var j = 0; j < tagCount; j++)
            {
                if (!reader.TryReadUInt64(out var tag)) return false;
                tags.Add(tag);
            }

            epochs.Add(new(keyId, tags.ToImmutable(), isStale));
        }

        state = state with { Epochs = epochs.MoveToImmutable() };
        return true;
    }

    private static void WriteKeys(ref CompactWriter writer, ImmutableArray<CoreKey> keys)
    {
        writer.WriteUInt((ulong)keys.Length);
        foreach (var key in keys) writer.WriteFixed32(key.Value);
    }

    private static bool TryReadKeys(ref CompactReader reader, out ImmutableArray<CoreKey> keys)
    {
        keys = [];
        if (!reader.TryReadArrayLength(Bytes32.Size, out var count) || count > RoomState.MaxDevices) return false;
        var builder = ImmutableArray.CreateBuilder<CoreKey>(count);
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryReadFixed32(out var key)) return false;
            builder.Add(new(key));
        }

        keys = builder.MoveToImmutable();
        return true;
    }
}
