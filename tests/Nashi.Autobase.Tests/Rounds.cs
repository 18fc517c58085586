namespace Nashi.Autobase.Tests;

/// <summary>Lets peers work until something is true of them. Waits for what they tell, not for time.</summary>
internal static class Rounds
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task UntilAsync(IReadOnlyList<Peer> peers, Func<bool> isDone, bool acks = true)
    {
        using var changed = new SemaphoreSlim(0);
        void OnUpdated() => changed.Release();
        foreach (var peer in peers) peer.Base.Updated += OnUpdated;
        try
        {
            while (true)
            {
                foreach (var peer in peers)
                {
                    await peer.Base.UpdateAsync().WaitAsync(Patience);
                    if (acks) await peer.Base.AckAsync().WaitAsync(Patience);
                }

                if (isDone()) return;
                if (!await changed.WaitAsync(Patience)) throw new TimeoutException($"It did not come about:\n{string.Join('\n', peers)}");
            }
        }
        finally
        {
            foreach (var peer in peers) peer.Base.Updated -= OnUpdated;
        }
    }

    /// <summary>Until all have the same system and views, and all of it is signed.</summary>
    public static Task UntilSignedAsync(params Peer[] peers) => UntilAsync(peers, () => peers.All(peer => peer.IsSigned && peer.State() == peers[0].State()));

    /// <summary>Until all have the same system and views.</summary>
    public static Task UntilEqualAsync(params Peer[] peers) => UntilAsync(peers, () => peers.All(peer => peer.State() == peers[0].State()));
}
