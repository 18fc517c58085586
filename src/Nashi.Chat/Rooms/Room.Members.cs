using Nashi.Cryptography;
using System.Collections.Immutable;
using Nashi.Chat.Epochs;
using Nashi.Chat.Ops;
using Nashi.Chat.State;
using Nashi.Encoding;
using Nashi.Pairing;

namespace Nashi.Chat;

/// <content>Members and invitations.</content>
public sealed partial class Room
{
    /// <summary>Makes an invitation.</summary>
    public async ValueTask<InviteLink> InviteAsync(InviteOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= InviteOptions.Default;
        if (options.MaxUses < 1) throw new ArgumentOutOfRangeException(nameof(options), "An invitation is for at least one.");
        var expires = options.Lifetime is { } lifetime ? _options.Clock.GetUtcNow() + lifetime : (DateTimeOffset?)null;
        var invite = Invite.Create(DoorOf(Id), _options.Random) with { Expires = expires };
        var until = expires is { } time ? (ulong)time.ToUnixTimeMilliseconds() : 0;
        await WriteAsync(_ => new MakeInviteOp(invite.PublicKey, options.Role, until, (uint)(options.MaxUses ?? 0)), cancellationToken).ConfigureAwait(false);
        return new(invite);
    }

    /// <summary>Takes an invitation back.</summary>
    public async ValueTask RevokeInviteAsync(PublicKey invite, CancellationToken cancellationToken = default) =>
        await WriteAsync(_ => new RevokeInviteOp(invite), cancellationToken).ConfigureAwait(false);

    /// <summary>Removes a member, and changes the room's key: they can read nothing that is written from then on.</summary>
    public async ValueTask RemoveAsync(PublicKey member, CancellationToken cancellationToken = default)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var state = State;
            if (!state.Members.TryGetValue(member, out var target)) throw Refused(Refusal.WrongTarget);
            var key = await ChooseKeyAsync(cancellationToken).ConfigureAwait(false);
            var seen = target.Writers.Where(writer => state.Devices[writer].Length > 0).Take(OpCodec.MaxSeen).Select(writer => new MessageId(writer, state.Devices[writer].Length));
            var value = Seal(new RemoveMemberOp(member, [.. seen]), key, out var envelope);
            var after = Try(State, envelope).State;

            // With the key that follows it, as one batch: nothing can be written between under the old one.
            var mayRotate = after.Devices.ContainsKey(Writer) && Self!.Capabilities.HasFlag(Capabilities.Rotate);
            IReadOnlyList<ReadOnlyMemory<byte>> values = mayRotate ? [value, OpFrame.Frame(NewRecord(after, EpochReason.MemberRemoved))] : [value];
            await AppendAsync(values, value, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Leaves the room.</summary>
    public ValueTask LeaveAsync(CancellationToken cancellationToken = default) => RemoveAsync(_options.Keys.Proof.Identity, cancellationToken);

    /// <summary>Changes what a member is.</summary>
    public async ValueTask SetRoleAsync(PublicKey member, RoomRole role, CancellationToken cancellationToken = default) =>
        await WriteAsync(_ => new SetRoleOp(member, role), cancellationToken).ConfigureAwait(false);

    /// <summary>Silences a member, or lets them speak again.</summary>
    public async ValueTask MuteAsync(PublicKey member, bool isOn = true, CancellationToken cancellationToken = default) =>
        await WriteAsync(_ => new MuteOp(member, isOn), cancellationToken).ConfigureAwait(false);

    /// <summary>Renames the room.</summary>
    public async ValueTask RenameAsync(string name, CancellationToken cancellationToken = default)
    {
        RequireName(name);
        await WriteAsync(state => new SetRoomOp(name, state.OpsPerMinute, state.Burst), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Changes our own name in this room.</summary>
    public async ValueTask SetOwnNameAsync(string name, CancellationToken cancellationToken = default)
    {
        RequireName(name);
        await WriteAsync(_ => new SetNameOp(name), cancellationToken).ConfigureAwait(false);
    }

    internal static void RequireName(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (System.Text.Encoding.UTF8.GetByteCount(name) > OpCodec.MaxRoomName) throw new ChatException("TOO_LONG", $"A name has at most {OpCodec.MaxRoomName} bytes.");
    }

    /// <summary>Where those who hold an invitation find members; with it they know the room they are let into for the one they were invited to.</summary>
    internal static DiscoveryKey DoorOf(CoreKey room) => room.ToDiscoveryKey();

    /// <summary>Lets somebody in who asks with an invitation: what every member does that is online.</summary>
    internal async ValueTask AdmitAsync(MemberRequest request, CancellationToken cancellationToken)
    {
        var state = State;
        if (state.Invites.Values.FirstOrDefault(one => new IssuedInvite { PublicKey = one.Key }.Id == request.InviteId) is not { } invite || !request.TryOpen(invite.Key)) return;
        if (!JoinCard.TryDecode(request.UserData.Span, out var card) || !card.TryVerify(invite.Key.Value, out var proof)) return;
        if (!state.Devices.ContainsKey(card.Writer))
        {
            if (invite.Expires < _options.Clock.GetUtcNow()) request.Deny(PairingStatus.Expired);
            else if (invite.Uses >= (invite.MaxUses ?? int.MaxValue)) request.Deny(PairingStatus.Used);
            if (request.IsAnswered) return;
            await LetInAsync(invite.Key, request.Receipt!, cancellationToken).ConfigureAwait(false);
        }

        // Asked again by who is in already: the answer was lost.
        if (!State.Devices.TryGetValue(card.Writer, out var device) || device.Identity != proof.Identity || State.Current is not { } epoch) return;
        if (_keyring.TryGet(epoch.KeyId, out var key)) request.Confirm(new PairedKeys(Id, key));
    }

    private async ValueTask LetInAsync(PublicKey invite, PairingReceipt receipt, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var key = await ChooseKeyAsync(cancellationToken).ConfigureAwait(false);
            await AppendAsync(new AddMemberOp(invite, receipt, key.Id), key, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }
}
