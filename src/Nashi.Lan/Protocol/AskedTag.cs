using Nashi.Encoding;

namespace Nashi.Lan.Protocol;

/// <summary>A tag that a neighbour was asked about.</summary>
/// <param name="Target">What it stands for.</param>
/// <param name="IsListed">Whether the neighbour said it has it.</param>
internal sealed record AskedTag(LanTarget Target, bool IsListed)
{
    /// <summary>Whether it was answered by somebody who knows the target.</summary>
    public bool IsAnswered { get; set; }

    /// <summary>The keys that were in the answer.</summary>
    public List<PublicKey> Keys { get; } = [];
}
