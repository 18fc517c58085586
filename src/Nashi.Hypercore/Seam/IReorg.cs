using Nashi.Hypercore.Merkle;

namespace Nashi.Hypercore.Seam;

/// <summary>A fork that we are moving to: its head is verified, the common ancestor is being looked for by bisection. Nothing is stored before <see cref="CommitAsync"/>.</summary>
internal interface IReorg
{
    /// <summary>The fork that we go to.</summary>
    ulong Fork { get; }

    /// <summary>Its length.</summary>
    ulong Length { get; }

    /// <summary>Blocks that both forks are known to share.</summary>
    ulong Ancestors { get; }

    /// <summary>What to ask for next; null when the ancestor is found and <see cref="CommitAsync"/> may be called.</summary>
    ReorgWant? Want { get; }

    /// <summary>Feeds the answer to <see cref="Want"/>. A refusal leaves the reorg as it was.</summary>
    ValueTask<VerifyOutcome> UpdateAsync(Proof proof);

    /// <summary>Truncates to the ancestor and adopts the new fork, in one write.</summary>
    ValueTask<VerifyOutcome> CommitAsync();
}
