using System.Collections.Immutable;
using Nashi.Chat.Epochs;
using Nashi.Chat.Ops;
using Nashi.Encoding;
using Nashi.Pairing;

namespace Nashi.Chat.State;

/// <summary>What ops do to a room: a pure function of the room and the op, so that all members come to the same and a modified client changes nothing.</summary>
/// <remarks>Spec: messenger.md §4.3, §4.5. Whatever is refused leaves the room as it was, but for the rate limit of who wrote it.</remarks>
internal static partial class RoomRules
{
    private const long AllowanceUnit = 1000;

    /// <summary>Applies an op that was opened, or could not be read.</summary>
    public static AppliedOp Apply(RoomState state, MessageId id, in DecodedOp decoded)
    {
        if (!state.IsCreated) return Create(state, id, decoded);
        if (!state.Devices.TryGetValue(id.Writer, out var device)) return new(state, Refusal.NotAMember);
        if (id.Length <= device.Length) return new(state, Refusal.Duplicate);
        var author = state.Members[device.Identity];
        if (decoded.Envelope is not { } envelope)
        {
            // Only those who run the room may stop the members that are behind; anybody else's unknown op is passed over.
            var mustStop = decoded is { IsCritical: true, Refusal: Refusal.FutureVersion or Refusal.UnknownKind } && author.Capabilities.HasFlag(Capabilities.Settings);
            return new(Spend(state, device with { Length = id.Length }, device.Clock, out _), decoded.Refusal) { MustStop = mustStop };
        }

        if (envelope.Time <= device.Clock) return new(Touch(state, device with { Length = id.Length }), Refusal.OutOfOrder);
        state = Spend(state, device with { Length = id.Length }, envelope.Time, out var isWithin);
        if (!isWithin) return new(state, Refusal.TooMany);
        var applied = Apply(state, id, state.Members[device.Identity], state.Devices[id.Writer], envelope);
        var isOther = device.IsSilent || envelope.Op.Kind is OpKind.AddMember or OpKind.RemoveMember or OpKind.SetRole or OpKind.Silent;
        return isOther && applied.Refusal == Refusal.None ? applied with { State = Rechoose(applied.State) } : applied;
    }

    /// <summary>Applies a value that could not be opened.</summary>
    public static AppliedOp Refuse(RoomState state, MessageId id, Refusal refusal) => Apply(state, id, new DecodedOp(null, refusal, false));

    /// <summary>Applies the record of a key.</summary>
    public static AppliedOp Apply(RoomState state, MessageId id, EpochRecord record)
    {
        MemberDevice? device = null;
        if (!state.IsCreated)
        {
            if (id.Writer != state.Id || !state.Epochs.IsEmpty) return new(state, Refusal.NotAMember);
        }
        else
        {
            if (!state.Devices.TryGetValue(id.Writer, out device)) return new(state, Refusal.NotAMember);
            if (id.Length <= device.Length) return new(state, Refusal.Duplicate);
            state = Touch(state, device with { Length = id.Length });
            if (!state.Members[device.Identity].Capabilities.HasFlag(Capabilities.Rotate)) return new(state, Refusal.NotAllowed);
        }

        if (state.FindEpoch(record.KeyId) is not null) return new(state, Refusal.Duplicate);
        var tags = record.Wraps.Select(wrap => wrap.Tag).ToImmutableHashSet();
        return new(state with { Epochs = state.Epochs.Add(Judge(state, new(record.KeyId, tags, IsStale: false))) }, Refusal.None);
    }

    private static AppliedOp Create(RoomState state, MessageId id, in DecodedOp decoded)
    {
        if (id.Writer != state.Id) return new(state, Refusal.NotAMember);
        if (decoded.Envelope is not { Op: CreateOp create } envelope) return new(state, decoded.Envelope is null ? decoded.Refusal : Refusal.OutOfOrder);
        if (create.Card.Writer != id.Writer || !create.Card.TryVerify(state.Id.Value, out var proof)) return new(state, Refusal.BadProof);
        state = state with { Name = create.Name, OpsPerMinute = create.OpsPerMinute, Burst = create.Burst };
        state = Enter(state, id, create.Card, proof, RoomRole.Owner, proof.Identity, envelope.Time);
        return new(Rechoose(state), Refusal.None);
    }

    private static AppliedOp Apply(RoomState state, MessageId id, Member author, MemberDevice device, Envelope envelope) => envelope.Op switch
    {
        CreateOp => new(state, Refusal.Duplicate),
        AddMemberOp op => AddMember(state, id, author, envelope.Time, op),
        RemoveMemberOp op => RemoveMember(state, author, op),
        MakeInviteOp op => MakeInvite(state, id, author, op),
        RevokeInviteOp op => RevokeInvite(state, author, op),
        SetRoleOp op => SetRole(state, author, op),
        SetRoomOp op => SetRoom(state, author, op),
        SetNameOp op => SetName(state, author, op),
        MuteOp op => Mute(state, author, op),
        SilentOp op => Silence(state, author, op),
        PostOp op => Say(state, author, Needed(Capabilities.Post, op.HasMedia, op.HasLinks)),
        EditOp op => Edit(state, id, author, op),
        DeleteOp op => Delete(state, id, author, op),
        ReactOp op => IsAfter(op.Target, id) ? new(state, Refusal.WrongTarget) : Say(state, author, Capabilities.React),
        _ => new(state, Refusal.UnknownKind),
    };

    private static Capabilities Needed(Capabilities first, bool hasMedia, bool hasLinks) =>
        first | (hasMedia ? Capabilities.Media : Capabilities.None) | (hasLinks ? Capabilities.Links : Capabilities.None);

    private static AppliedOp Say(RoomState state, Member author, Capabilities needed)
    {
        if (!author.Capabilities.HasFlag(needed)) return new(state, Refusal.NotAllowed);
        return new(state, author.IsMuted ? Refusal.Muted : Refusal.None);
    }

    private static AppliedOp Edit(RoomState state, MessageId id, Member author, EditOp op)
    {
        if (state.AuthorOf(op.Target.Writer) != author.Identity || IsAfter(op.Target, id)) return new(state, Refusal.WrongTarget);

        // The content lies in the core of the device that edits.
        return Say(state, author, Needed(Capabilities.Post, op.HasMedia, op.HasLinks));
    }

    private static AppliedOp Delete(RoomState state, MessageId id, Member author, DeleteOp op)
    {
        if (state.AuthorOf(op.Target.Writer) is not { } target || IsAfter(op.Target, id)) return new(state, Refusal.WrongTarget);

        // Also who is muted may take back what they said.
        return new(state, target == author.Identity || author.Capabilities.HasFlag(Capabilities.DeleteAny) ? Refusal.None : Refusal.NotAllowed);
    }

    private static bool IsAfter(MessageId target, MessageId id) => target.Writer == id.Writer && target.Length >= id.Length;

    private static RoomState Touch(RoomState state, MemberDevice device) => state with { Devices = state.Devices.SetItem(device.Writer, device with { IsSilent = false }) };

    // A bucket that fills with the sender's own clock: whoever turns that forward is seen by everybody.
    private static RoomState Spend(RoomState state, MemberDevice device, HybridTime time, out bool isWithin)
    {
        isWithin = true;
        if (state.OpsPerMinute > 0)
        {
            var full = Math.Max(1L, state.Burst) * AllowanceUnit;
            var passed = (Int128)(time.Milliseconds - device.Clock.Milliseconds) * state.OpsPerMinute * AllowanceUnit / 60_000;
            var allowance = (long)Int128.Min(full, device.Allowance + passed);
            isWithin = allowance >= AllowanceUnit;
            device = device with { Allowance = isWithin ? allowance - AllowanceUnit : allowance };
        }

        return Touch(state, device with { Clock = time });
    }
}
