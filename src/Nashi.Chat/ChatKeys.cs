using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Pairing;

namespace Nashi.Chat;

/// <summary>What a device needs to speak: its key, the proof that it speaks for an identity, and the key of what it stores. All but the proof is secret.</summary>
public sealed record ChatKeys
{
    /// <summary>Says that <see cref="Device"/> speaks for an identity; made with <see cref="IdentityKey.Bootstrap"/>.</summary>
    public required IdentityProof Proof { get; init; }

    /// <summary>The device's own key pair: the last one of the proof's chain. All keys of its rooms are derived from its seed.</summary>
    public required KeyPair Device { get; init; }

    /// <summary>Seals what is kept beside the rooms' cores: names, keys and markers.</summary>
    public required Bytes32 StorageKey { get; init; }

    /// <summary>The identity; never a secret.</summary>
    public override string ToString() => $"keys of {Proof.Identity}";
}
