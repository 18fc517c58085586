using Nashi.Encoding;

namespace Nashi.Pairing;

/// <summary>What a proof must be besides valid.</summary>
public sealed record ProofRequirements
{
    /// <summary>Nothing more.</summary>
    public static ProofRequirements None { get; } = new();

    /// <summary>Whose it must be; null for anybody's.</summary>
    public PublicKey? Identity { get; init; }

    /// <summary>Which device it must end at; null for any.</summary>
    public PublicKey? Device { get; init; }

    /// <summary>The epoch of the last proof seen of the identity: an older one is refused.</summary>
    public DateTimeOffset? NotBefore { get; init; }
}
