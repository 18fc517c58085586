using Nashi.Encoding;

namespace Nashi.Pairing;

/// <summary>An invite as those remember it who may admit with it: without its secret.</summary>
public sealed record IssuedInvite
{
    /// <summary>The invite's public key.</summary>
    public required PublicKey PublicKey { get; init; }

    /// <summary>Until when it is good; null for ever.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>How many may be admitted with it, at least 1; null for any number.</summary>
    public int? MaxUses { get; init; }

    /// <summary>What those get who are admitted, such as a role; opaque. At most <see cref="InviteBook.MaxGrant"/> bytes.</summary>
    public ReadOnlyMemory<byte> Grant { get; init; }

    /// <summary>By what requests name it.</summary>
    public Bytes32 Id => PairingHashes.InviteId(PublicKey);

    /// <summary>Remembers an invite that is being given out.</summary>
    public static IssuedInvite Of(Invite invite, int? maxUses = null, ReadOnlyMemory<byte> grant = default)
    {
        ArgumentNullException.ThrowIfNull(invite);
        return new IssuedInvite { PublicKey = invite.PublicKey, Expires = invite.Expires, MaxUses = maxUses, Grant = grant };
    }
}
