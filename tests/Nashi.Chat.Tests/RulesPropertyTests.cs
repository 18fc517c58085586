using Nashi.Chat.Ops;
using Nashi.Chat.State;

namespace Nashi.Chat.Tests;

/// <summary>Whatever admins do to each other in partitions: all come to the same room, and who was removed reads nothing that is written after.</summary>
public sealed class RulesPropertyTests
{
    private const int Seeds = 12;

    [Fact]
    public void Rules_ConcurrentRemovalsInPartitions_ConvergeAndLeaversReadNothing()
    {
        for (ulong seed = 1; seed <= Seeds; seed++) Run(seed);
    }

    [Fact]
    public void Rules_TwoAdminsRemoveTwoAtOnce_BothKeysAreStaleAndAThirdFollows()
    {
        var room = new SimulatedRoom(99, admins: 3, members: 2);
        var (a, b, x, y) = (room.People[0], room.People[1], room.People[3], room.People[4]);
        a.Remove(x);
        a.Rotate();
        b.Remove(y);
        b.Rotate();
        room.Heal();
        Assert.True(a.Fold().IsKeyStale);
        Assert.Equal(1, room.Converge());
        var state = a.Fold();
        Assert.Equal((4, false), (state.EpochCount, state.IsKeyStale));
        Assert.Equal([true, true, true, false], state.Epochs.Select(epoch => epoch.IsStale));
        CheckNobodyElseReads(room, a, "seed 99");
    }

    [Fact]
    public void Rules_MemberLetInWhileTheKeyChangedElsewhere_GetsANewKey()
    {
        var room = new SimulatedRoom(5, admins: 2, members: 1);
        var (a, b, x) = (room.People[0], room.People[1], room.People[2]);
        var guest = room.Invite(b, RoomRole.Member);
        a.Remove(x);
        a.Rotate();
        a.Write(new PostOp(0, 1, false, false, null));
        room.Heal();

        // An op is sealed with a key that was made before its maker had heard of the guest.
        Assert.Null(guest.TryFold());
        Assert.True(room.Converge() > 0);
        Assert.NotNull(guest.TryFold());
        CheckNobodyElseReads(room, a, "seed 5");
    }

    [Fact]
    public void Rules_OneInviteUsedInTwoPartitions_FirstWinsAndTheOtherLosesTheKey()
    {
        var room = new SimulatedRoom(6, admins: 2, members: 0);
        var (a, b) = (room.People[0], room.People[1]);
        var (first, second) = room.InviteTwice(a, b);
        room.Heal();
        var state = a.Fold();
        Assert.Equal(1, new[] { first, second }.Count(one => state.Devices.ContainsKey(one.Writer)));
        Assert.True(state.IsKeyStale);
        room.Converge();
        CheckNobodyElseReads(room, a, "seed 6");
    }

    private static void Run(ulong seed)
    {
        var room = new SimulatedRoom(seed, admins: 3, members: 4);
        for (var round = 0; round < 4; round++)
        {
            var sides = room.People.GroupBy(_ => room.Random.Next(2)).Select(group => group.ToArray()).ToArray();
            for (var step = 0; step < 8; step++)
            {
                foreach (var side in sides) Step(room, side);
                if (room.Random.Next(3) == 0) SimulatedRoom.Meet(sides[room.Random.Next(sides.Length)]);
            }

            if (room.Random.Next(2) == 0) room.Heal();
        }

        room.Converge();
        var states = room.People.Select(one => (Person: one, State: one.TryFold())).ToArray();
        var members = states.Where(one => one.State is { } state && state.Devices.ContainsKey(one.Person.Writer)).ToArray();
        Assert.True(members.Length > 0, $"seed {seed}: nobody is left");
        var expected = RoomStateCodec.Encode(members[0].State!);
        foreach (var (person, state) in members) Assert.True(RoomStateCodec.Encode(state!).AsSpan().SequenceEqual(expected), $"seed {seed}: {person.Name} sees another room");
        Assert.Equal(members.Length, members[0].State!.Devices.Count);
        Assert.True(RoomStateCodec.TryDecode(expected, room.Id, out var read) && RoomStateCodec.Encode(read).AsSpan().SequenceEqual(expected), $"seed {seed}: the snapshot");
        CheckNobodyElseReads(room, members[0].Person, $"seed {seed}");
    }

    private static void Step(SimulatedRoom room, SimulatedPerson[] side)
    {
        var who = side[room.Random.Next(side.Length)];
        if (who.TryFold() is not { } state || !state.Devices.ContainsKey(who.Writer)) return;
        var member = state.Members[who.Identity];
        switch (room.Random.Next(10))
        {
            case 0 or 1 when member.Capabilities.HasFlag(Capabilities.Remove) && state.Members.Count > 2:
                who.Remove(room.People[room.Random.Next(room.People.Count)]);
                break;
            case 2 when member.Capabilities.HasFlag(Capabilities.Invite) && room.People.Count < 16:
                room.Invite(who, RoomRole.Member);
                break;
            case 3 or 4 or 5 when state.NeedsRotation && member.Capabilities.HasFlag(Capabilities.Rotate):
                who.Rotate();
                break;
            case 6 when member.Role == RoomRole.Owner:
                who.Write(new SetRoleOp(room.People[room.Random.Next(room.People.Count)].Identity, (RoomRole)room.Random.Next(4)));
                break;
            default:
                who.Write(new PostOp(0, 1, false, false, null));
                break;
        }
    }

    // The adversary has every key it ever had, every record and every ciphertext.
    private static void CheckNobodyElseReads(SimulatedRoom room, SimulatedPerson first, string seed)
    {
        var state = first.Fold();
        Assert.False(state.NeedsRotation, seed);
        foreach (var writer in room.People.Where(one => state.Devices.ContainsKey(one.Writer)).ToArray())
        {
            var op = writer.Write(new PostOp(7, 7, false, false, null));
            room.Heal();
            foreach (var reader in room.People) Assert.True((reader.Open(op) is not null) == state.Devices.ContainsKey(reader.Writer), $"{seed}: {reader.Name} and what {writer.Name} wrote");
        }
    }
}
