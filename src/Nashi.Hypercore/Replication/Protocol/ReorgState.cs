using Nashi.Hypercore.Seam;

namespace Nashi.Hypercore.Replication.Protocol;

/// <summary>The move to a higher fork that is under way.</summary>
internal sealed class ReorgState(ulong fork)
{
    public ulong Fork { get; } = fork;

    /// <summary>The request under way: for the head of the fork, then for hashes.</summary>
    public Request? Request { get; set; }

    /// <summary>What to ask for next, once the head is verified.</summary>
    public ReorgWant? Want { get; set; }

    /// <summary>An answer is being judged or the fork is being adopted: nothing is to be asked.</summary>
    public bool IsBusy { get; set; }

    /// <summary>The verified fork, kept for the shell.</summary>
    public IReorg? Reorg { get; set; }

    /// <summary>Who had no answer to the present question.</summary>
    public HashSet<RemotePeer> Refused { get; } = [];
}
