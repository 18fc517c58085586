using Nashi.Encoding;

namespace Nashi.Hypercore;

/// <summary>What a look at everything stored of a core found, and what was done about it.</summary>
/// <param name="Key">Which core.</param>
/// <param name="Length">How many blocks it has.</param>
/// <param name="Blocks">How many of them are stored here and belong to the signed tree.</param>
/// <param name="Missing">How many were noted as stored but are not.</param>
/// <param name="Damaged">How many are stored but are not those of the tree, or can not be proved to be.</param>
/// <param name="Forgotten">How many are stored and right, but were not noted.</param>
/// <param name="IsTreeIntact">Whether the roots of the tree were there and signed.</param>
/// <param name="IsUsable">Whether the core can be opened now.</param>
/// <param name="IsRepaired">Whether anything was changed.</param>
public sealed record CoreCheck(CoreKey Key, ulong Length, ulong Blocks, ulong Missing, ulong Damaged, ulong Forgotten, bool IsTreeIntact, bool IsUsable, bool IsRepaired)
{
    /// <summary>Whether there was nothing to find.</summary>
    public bool IsSound => IsTreeIntact && Missing + Damaged + Forgotten == 0;
}
