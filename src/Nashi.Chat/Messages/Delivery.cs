namespace Nashi.Chat;

/// <summary>Where a message of ours is known to be.</summary>
/// <param name="IsSaved">Whether it is saved on this device.</param>
/// <param name="BlindPeers">On how many blind peers.</param>
/// <param name="Members">On how many other members' devices we know it to be.</param>
/// <param name="Others">How many other members there are.</param>
public sealed record Delivery(bool IsSaved, int BlindPeers, int Members, int Others)
{
    /// <summary>The ladder, for people.</summary>
    public override string ToString() =>
        !IsSaved ? "not saved"
        : Members > 0 ? $"on {Members} of {Others} members"
        : BlindPeers > 0 ? $"on {BlindPeers} blind peer{(BlindPeers == 1 ? "" : "s")}"
        : "saved here";
}
