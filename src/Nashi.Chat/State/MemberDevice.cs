using Nashi.Encoding;

namespace Nashi.Chat.State;

/// <summary>A device of a member: its cores, the key it is sealed to, and how far its ops were applied.</summary>
internal sealed record MemberDevice
{
    public required CoreKey Writer { get; init; }

    public required PublicKey Identity { get; init; }

    /// <summary>The device's own key, from the proof.</summary>
    public required PublicKey Key { get; init; }

    /// <summary>The core with texts.</summary>
    public required CoreKey Content { get; init; }

    /// <summary>The core with files.</summary>
    public required CoreKey Files { get; init; }

    /// <summary>The X25519 key that epoch keys are sealed to.</summary>
    public required Bytes32 Box { get; init; }

    public ulong Rank { get; init; }

    public HybridTime Clock { get; init; }

    public ulong Length { get; init; }

    /// <summary>What is left of the rate limit, in thousandths of an op.</summary>
    public long Allowance { get; init; }

    /// <summary>Told by others to be away, and not heard of since.</summary>
    public bool IsSilent { get; init; }
}
