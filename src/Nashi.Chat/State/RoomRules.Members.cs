using System.Collections.Immutable;
using Nashi.Chat.Epochs;
using Nashi.Chat.Ops;
using Nashi.Encoding;
using Nashi.Pairing;

namespace Nashi.Chat.State;

/// <content>Who comes, who goes, and who may do what.</content>
internal static partial class RoomRules
{
    private const int FewIndexers = 3;
    private const int ManyIndexers = 5;

    private static AppliedOp AddMember(RoomState state, MessageId id, Member author, HybridTime time, AddMemberOp op)
    {
        if (!JoinCard.TryDecode(op.Receipt.UserData.Span, out var card) || !op.Receipt.IsOf(op.Invite) || !card.TryVerify(op.Invite.Value, out var proof)) return new(state, Refusal.BadProof);
        if (state.Devices.ContainsKey(card.Writer) || state.Former.ContainsKey(card.Writer)) return new(state, Refusal.Duplicate);
        var refusal = Judge(state, author, time, op, proof);

        // They were given a key although they are no members: it is as if they had been removed.
        if (refusal != Refusal.None) return new(Expel(state, card, proof, op), refusal);
        var invite = state.Invites[op.Invite];
        state = state with { Invites = state.Invites.SetItem(op.Invite, invite with { Uses = invite.Uses + 1 }) };
        state = Enter(state, id, card, proof, invite.Role, invite.By, time);
        return new(Hand(state, card.Box, op.KeyId), Refusal.None) { Added = [card.Writer] };
    }

    private static Refusal Judge(RoomState state, Member author, HybridTime time, AddMemberOp op, VerifiedProof proof)
    {
        if (!author.Capabilities.HasFlag(Capabilities.Post)) return Refusal.NotAllowed;
        if (!state.Invites.TryGetValue(op.Invite, out var invite)) return Refusal.InviteUnknown;
        if (invite.Uses >= (invite.MaxUses ?? int.MaxValue)) return Refusal.InviteUsed;
        if (invite.Expires is { } expires && time.Time > expires) return Refusal.InviteExpired;
        if (state.Devices.Count >= RoomState.MaxDevices) return Refusal.Full;
        return state.Members.Count >= RoomState.MaxMembers && !state.Members.ContainsKey(proof.Identity) ? Refusal.Full : Refusal.None;
    }

    private static RoomState Expel(RoomState state, JoinCard card, VerifiedProof proof, AddMemberOp op)
    {
        if (state.Former.Count >= RoomState.MaxDevices) return state;
        state = Hand(state, card.Box, op.KeyId);
        state = state with { Former = state.Former.SetItem(card.Writer, new(proof.Identity, card.Name, card.Box, card.Content, card.Files, 0)) };
        return state with { Epochs = [.. state.Epochs.Select(epoch => Judge(state, epoch))] };
    }

    private static RoomState Enter(RoomState state, MessageId id, JoinCard card, VerifiedProof proof, RoomRole role, PublicKey invitedBy, HybridTime time)
    {
        var member = state.Members.TryGetValue(proof.Identity, out var known)
            ? known with { Writers = known.Writers.Add(card.Writer) }
            : new Member { Identity = proof.Identity, Name = CleanName(card.Name), Role = role, Since = time.Time, InvitedBy = invitedBy, Writers = [card.Writer], Rank = state.Arrivals, AddedBy = id };
        var device = new MemberDevice
        {
            Writer = card.Writer, Identity = proof.Identity, Key = proof.Device, Content = card.Content, Files = card.Files, Box = card.Box, Rank = state.Arrivals,
            Length = card.Writer == id.Writer ? id.Length : 0, Clock = card.Writer == id.Writer ? time : default, Allowance = Math.Max(1L, state.Burst) * AllowanceUnit,
        };
        return state with
        {
            Members = state.Members.SetItem(proof.Identity, member),
            Devices = state.Devices.SetItem(card.Writer, device),
            Arrivals = state.Arrivals + 1,
        };
    }

    private static AppliedOp RemoveMember(RoomState state, Member author, RemoveMemberOp op)
    {
        if (!state.Members.TryGetValue(op.Identity, out var target)) return new(state, Refusal.WrongTarget);
        if (target.Identity != author.Identity && (!author.Capabilities.HasFlag(Capabilities.Remove) || target.Role > author.Role)) return new(state, Refusal.NotAllowed);
        if (state.Members.Count == 1) return new(state, Refusal.NotAllowed);
        var gone = ImmutableArray.CreateBuilder<CoreKey>();
        state = Remove(state, target, op.Seen, gone);
        state = Promote(state);
        return new(state with { Epochs = [.. state.Epochs.Select(epoch => Judge(state, epoch))] }, Refusal.None) { Removed = gone.ToImmutable() };
    }

    // Removal wins (R5): what the member did that their remover had not seen does not count, nor those they let in with it.
    private static RoomState Remove(RoomState state, Member first, ImmutableArray<MessageId> seen, ImmutableArray<CoreKey>.Builder gone)
    {
        var open = new Stack<Member>([first]);
        while (open.TryPop(out var member))
        {
            if (!state.Members.ContainsKey(member.Identity)) continue;
            foreach (var writer in member.Writers)
            {
                var device = state.Devices[writer];
                var known = seen.FirstOrDefault(one => one.Writer == writer).Length;
                var cut = member.Identity == first.Identity ? Math.Min(known, device.Length) : 0;
                gone.Add(writer);
                state = state with
                {
                    Devices = state.Devices.Remove(writer),
                    Former = state.Former.SetItem(writer, new(member.Identity, member.Name, device.Box, device.Content, device.Files, cut)),
                };
            }

            state = state with { Members = state.Members.Remove(member.Identity) };
            foreach (var invite in state.Invites.Values.Where(invite => invite.By == member.Identity)) state = state with { Invites = state.Invites.Remove(invite.Key) };
            foreach (var other in state.Members.Values.Where(other => state.IsVoid(other.AddedBy)).OrderBy(other => other.Rank)) open.Push(other);
        }

        return state;
    }

    // A room without an owner gets its longest-serving admin, or member, as one.
    private static RoomState Promote(RoomState state)
    {
        if (state.Members.Values.Any(member => member.Role == RoomRole.Owner)) return state;
        var heir = state.Members.Values.OrderByDescending(member => member.Role).ThenBy(member => member.Rank).First();
        return state with { Members = state.Members.SetItem(heir.Identity, heir with { Role = RoomRole.Owner }) };
    }

    private static AppliedOp MakeInvite(RoomState state, MessageId id, Member author, MakeInviteOp op)
    {
        if (!author.Capabilities.HasFlag(Capabilities.Invite) || op.Role >= RoomRole.Owner || op.Role > author.Role) return new(state, Refusal.NotAllowed);
        if (state.Invites.ContainsKey(op.Invite)) return new(state, Refusal.Duplicate);
        if (state.Invites.Count >= RoomState.MaxInvites) return new(state, Refusal.Full);
        var expires = op.Expires == 0 ? null : (DateTimeOffset?)new HybridTime(op.Expires, 0).Time;
        var invite = new RoomInvite { Key = op.Invite, Role = op.Role, Expires = expires, MaxUses = op.MaxUses == 0 ? null : (int)op.MaxUses, By = author.Identity, MadeBy = id };
        return new(state with { Invites = state.Invites.Add(op.Invite, invite) }, Refusal.None);
    }

    private static AppliedOp RevokeInvite(RoomState state, Member author, RevokeInviteOp op)
    {
        if (!state.Invites.TryGetValue(op.Invite, out var invite)) return new(state, Refusal.InviteUnknown);
        if (invite.By != author.Identity && !author.Capabilities.HasFlag(Capabilities.Remove)) return new(state, Refusal.NotAllowed);
        return new(state with { Invites = state.Invites.Remove(op.Invite) }, Refusal.None);
    }

    private static AppliedOp SetRole(RoomState state, Member author, SetRoleOp op)
    {
        if (!state.Members.TryGetValue(op.Identity, out var target)) return new(state, Refusal.WrongTarget);
        var isSelf = target.Identity == author.Identity;
        var mayDo = author.Role == RoomRole.Owner ? isSelf || target.Role < RoomRole.Owner : author.Role > op.Role && (isSelf || author.Role > target.Role);
        if (!author.Capabilities.HasFlag(Capabilities.Roles) || !mayDo) return new(state, Refusal.NotAllowed);
        var changed = state with { Members = state.Members.SetItem(target.Identity, target with { Role = op.Role }) };
        return changed.Members.Values.Any(member => member.Role == RoomRole.Owner) ? new(changed, Refusal.None) : new(state, Refusal.NotAllowed);
    }

    private static AppliedOp SetRoom(RoomState state, Member author, SetRoomOp op) =>
        author.Capabilities.HasFlag(Capabilities.Settings)
            ? new(state with { Name = op.Name, OpsPerMinute = op.OpsPerMinute, Burst = op.Burst }, Refusal.None)
            : new(state, Refusal.NotAllowed);

    private static AppliedOp SetName(RoomState state, Member author, SetNameOp op) =>
        new(state with { Members = state.Members.SetItem(author.Identity, author with { Name = CleanName(op.Name) }) }, Refusal.None);

    private static AppliedOp Mute(RoomState state, Member author, MuteOp op)
    {
        if (!state.Members.TryGetValue(op.Identity, out var target)) return new(state, Refusal.WrongTarget);
        if (!author.Capabilities.HasFlag(Capabilities.Mute) || target.Role >= author.Role) return new(state, Refusal.NotAllowed);
        return new(state with { Members = state.Members.SetItem(target.Identity, target with { IsMuted = op.IsOn }) }, Refusal.None);
    }

    private static AppliedOp Silence(RoomState state, Member author, SilentOp op)
    {
        if (!state.Devices.TryGetValue(op.Writer, out var device) || device.Identity == author.Identity) return new(state, Refusal.WrongTarget);
        if (!author.Capabilities.HasFlag(Capabilities.Settings)) return new(state, Refusal.NotAllowed);
        return new(state with { Devices = state.Devices.SetItem(op.Writer, device with { IsSilent = true }) }, Refusal.None);
    }

    /// <summary>Notes that a device was given a key.</summary>
    private static RoomState Hand(RoomState state, in Bytes32 box, ulong keyId)
    {
        var (builder, wanted) = (state.Epochs.ToBuilder(), box);
        for (var i = 0; i < builder.Count; i++)
        {
            if (builder[i].KeyId == keyId && !builder[i].IsStale) builder[i] = builder[i] with { Tags = builder[i].Tags.Add(KeyIds.Tag(wanted, keyId)) };
        }

        return state with { Epochs = builder.ToImmutable() };
    }

    // R1: stale for ever once somebody who is no member has it.
    private static EpochState Judge(RoomState state, EpochState epoch)
    {
        if (epoch.IsStale) return epoch;
        foreach (var former in state.Former.Values)
        {
            if (epoch.Tags.Contains(KeyIds.Tag(former.Box, epoch.KeyId))) return epoch with { IsStale = true, Tags = [] };
        }

        return epoch;
    }

    // Who makes the order final: an odd number, admins' devices first, others only to have three, so that one that is gone for ever holds nobody up.
    private static RoomState Rechoose(RoomState state)
    {
        if (state.Devices.Count <= 1 && state.Indexers.Count == 1 && state.Devices.ContainsKey(state.Indexers[0])) return state;
        var able = state.Devices.Values
            .Where(device => !device.IsSilent && state.Members[device.Identity].Capabilities.HasFlag(Capabilities.Index))
            .OrderByDescending(device => state.Members[device.Identity].Role).ThenBy(device => device.Rank).ToList();
        var admins = able.Count(device => state.Members[device.Identity].Role >= RoomRole.Admin);
        var wanted = admins >= ManyIndexers ? ManyIndexers : able.Count >= FewIndexers ? FewIndexers : Math.Min(1, able.Count);
        var chosen = able.Take(wanted).Select(device => device.Writer).ToImmutableSortedSet(CoreKeyComparer.Instance);
        return chosen.IsEmpty || chosen.SetEquals(state.Indexers) ? state : state with { Indexers = chosen };
    }

    private static string CleanName(string name)
    {
        var clean = new string([.. name.Where(c => !char.IsControl(c))]).Trim();
        return clean.Length == 0 ? "someone" : clean;
    }
}
