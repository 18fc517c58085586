using Nashi.Chat.Ops;
using Nashi.Chat.State;

namespace Nashi.Chat.Tests;

/// <summary>Single rules of a room, without a base.</summary>
public sealed class RulesTests
{
    [Fact]
    public void Rules_SilentIndexer_IsReplacedUntilItSpeaks()
    {
        var room = new SimulatedRoom(1, admins: 2, members: 3);
        var (owner, admin) = (room.People[0], room.People[1]);
        var before = owner.Fold().Indexers;
        Assert.Equal(3, before.Count);
        Assert.Contains(admin.Writer, before);
        owner.Write(new SilentOp(admin.Writer));
        Assert.DoesNotContain(admin.Writer, owner.Fold().Indexers);
        Assert.Equal(3, owner.Fold().Indexers.Count);
        room.Heal();
        admin.Write(new PostOp(0, 1, false, false, null));
        room.Heal();
        Assert.True(owner.Fold().Indexers.SetEquals(before));
    }

    [Fact]
    public void Rules_OpsOfARemovedMemberThatTheRemoverHadNotSeen_DoNotCount()
    {
        var room = new SimulatedRoom(2, admins: 2, members: 1);
        var (owner, admin) = (room.People[0], room.People[1]);
        var seen = admin.Write(new PostOp(0, 1, false, false, null));
        room.Heal();
        var unseen = admin.Write(new PostOp(0, 1, false, false, null));
        var guest = room.Invite(admin, RoomRole.Member);
        for (var i = 0; i < 9; i++) owner.Write(new PostOp(0, 1, false, false, null));
        owner.Remove(admin);
        room.Heal();
        var state = owner.Fold();
        Assert.False(state.IsVoid(seen.Id));
        Assert.True(state.IsVoid(unseen.Id));
        Assert.False(state.Devices.ContainsKey(admin.Writer));

        // Who was let in by what does not count is not in either, and has no key.
        Assert.False(state.Devices.ContainsKey(guest.Writer));
        Assert.True(state.IsKeyStale);
    }

    [Fact]
    public void Rules_LastOwnerLeaves_LongestServingAdminFollows()
    {
        var room = new SimulatedRoom(3, admins: 3, members: 1);
        var (owner, admin) = (room.People[0], room.People[1]);
        owner.Remove(owner);
        room.Heal();
        Assert.Equal(RoomRole.Owner, admin.Fold().Members[admin.Identity].Role);
        Assert.Equal(3, admin.Fold().Members.Count);
    }

    [Fact]
    public void Rules_MutedMember_IsRefusedAndMayTakeBack()
    {
        var room = new SimulatedRoom(4, admins: 1, members: 1);
        var (owner, member) = (room.People[0], room.People[1]);
        var said = member.Write(new PostOp(0, 1, false, false, null));
        room.Heal();
        owner.Write(new MuteOp(member.Identity, true));
        room.Heal();
        var state = member.Fold();
        Assert.Equal(Refusal.Muted, Try(room, state, member, new PostOp(0, 1, false, false, null)));
        Assert.Equal(Refusal.None, Try(room, state, member, new DeleteOp(said.Id)));
        Assert.Equal(Refusal.NotAllowed, Try(room, state, member, new MuteOp(owner.Identity, true)));
        Assert.Equal(Refusal.NotAllowed, Try(room, state, member, new SetRoleOp(member.Identity, RoomRole.Owner)));
        Assert.Equal(Refusal.NotAllowed, Try(room, state, owner, new SetRoleOp(owner.Identity, RoomRole.Member)));
    }

    private static Refusal Try(SimulatedRoom room, RoomState state, SimulatedPerson who, Op op) =>
        RoomRules.Apply(state, new(who.Writer, 1000), new DecodedOp(new(room.Now(), op), Refusal.None, false)).Refusal;
}
