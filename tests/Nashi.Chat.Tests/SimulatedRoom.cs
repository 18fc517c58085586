using System.Collections.Immutable;
using Nashi.Chat.Epochs;
using Nashi.Chat.Ops;
using Nashi.Chat.State;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Pairing;

namespace Nashi.Chat.Tests;

/// <summary>A room of people in partitions, without a base: ops in a causal order that all agree on, real keys and real ciphertexts.</summary>
internal sealed class SimulatedRoom
{
    private readonly IRandom _random;
    private readonly List<SimulatedPerson> _people = [];
    private ulong _now = 1_700_000_000_000;

    public SimulatedRoom(ulong seed, int admins, int members)
    {
        _random = new SeededRandom(seed);
        var owner = new SimulatedPerson(this, "owner", null);
        Id = owner.Writer;
        _people.Add(owner);
        owner.Join(Id);
        owner.Create();
        for (var i = 1; i < admins + members; i++) Invite(owner, i < admins ? RoomRole.Admin : RoomRole.Member);
        Heal();
    }

    public CoreKey Id { get; }

    public IRandom Random => _random;

    public IReadOnlyList<SimulatedPerson> People => _people;

    public HybridTime Now() => new(_now += 1000, 0);

    public SimulatedPerson Invite(SimulatedPerson by, RoomRole role)
    {
        var invite = Nashi.Pairing.Invite.Create(Id.ToDiscoveryKey(), _random);
        by.Write(new MakeInviteOp(invite.PublicKey, role, 0, 1));
        return Admit(by, invite);
    }

    /// <summary>One invitation for one, used with two members that do not know of each other.</summary>
    public (SimulatedPerson First, SimulatedPerson Second) InviteTwice(SimulatedPerson one, SimulatedPerson other)
    {
        var invite = Nashi.Pairing.Invite.Create(Id.ToDiscoveryKey(), _random);
        one.Write(new MakeInviteOp(invite.PublicKey, RoomRole.Member, 0, 1));
        Meet([one, other]);
        return (Admit(one, invite), Admit(other, invite));
    }

    private SimulatedPerson Admit(SimulatedPerson by, Invite invite)
    {
        var guest = new SimulatedPerson(this, $"guest {_people.Count}", by);
        guest.Join(Id);
        var request = new CandidateRequest(invite, guest.Card(invite.PublicKey.Value).Encode());
        Assert.True(MemberRequest.TryDecode(request.Encode().Span, out var asked) && asked.TryOpen(invite.PublicKey));
        var key = by.ChooseKey();
        by.Write(new AddMemberOp(invite.PublicKey, asked.Receipt!, key.Id));
        guest.Keyring.Add(key.Key);
        guest.Learn(by.Known);
        _people.Add(guest);
        return guest;
    }

    /// <summary>Lets everybody of a group know what any of them knows.</summary>
    public static void Meet(IEnumerable<SimulatedPerson> group)
    {
        var all = group.ToArray();
        var union = all.SelectMany(one => one.Known).Distinct().ToArray();
        foreach (var one in all) one.Learn(union);
    }

    public void Heal() => Meet(_people);

    /// <summary>Changes keys until none is needed (R3): each time the one whose turn it is.</summary>
    public int Converge()
    {
        var rotations = 0;
        for (; ; Heal())
        {
            Heal();
            var rotator = _people.FirstOrDefault(one => one.TryFold() is { NeedsRotation: true } state && state.Devices.ContainsKey(one.Writer) && state.Members[one.Identity].Capabilities.HasFlag(Capabilities.Rotate));
            if (rotator is null) return rotations;
            rotator.Rotate();
            Assert.True(++rotations < 20, "Keys go on changing.");
        }
    }
}
