using System.Globalization;
using Nashi.Hypercore;
using Nashi.Swarm;

namespace Nashi.Deploy;

/// <summary>Waits for the first peer that has a core, and says clearly when there is none.</summary>
public static class PeerSearch
{
    /// <summary>How long to look by default: enough for a punched hole on a slow network, and an answer within half a minute.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    /// <summary>Completes when a peer replicates the core with us, or the core was found to have blocks.</summary>
    /// <param name="core">What is looked for.</param>
    /// <param name="link">How the user knows it; for the message.</param>
    /// <param name="discovery">The search under way.</param>
    /// <param name="patience">How long to look; default <see cref="Patience"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="NoPeerException">Nobody was found in time.</exception>
    public static async ValueTask WaitAsync(
        Core core, string link, SwarmDiscovery discovery, TimeSpan? patience = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(core);
        ArgumentNullException.ThrowIfNull(discovery);
        var limit = patience ?? Patience;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(limit);
        try
        {
            while (core.PeerCount == 0)
            {
                _ = await core.UpdateAsync(wait: true, timeout.Token).ConfigureAwait(false);
                if (core.Length > 0) return;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            if (core.PeerCount == 0) throw NotFound(link, limit);
        }
    }

    private static NoPeerException NotFound(string link, TimeSpan limit) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"No peer was found for {link} within {limit.TotalSeconds:0} s. Check that the link is complete, that somebody runs 'nashi seed' for it now, and that both sides use the same --bootstrap nodes; 'nashi info' shows what this store holds."));
}
