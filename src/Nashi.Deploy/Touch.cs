using Nashi.Hypercore;

namespace Nashi.Deploy;

/// <summary>Makes links to publish under.</summary>
public static class Touch
{
    private const int NameSize = 16;

    /// <summary>Makes a new, empty, writable core and gives its link. The secret key stays in the store.</summary>
    public static async ValueTask<PearLink> RunAsync(Corestore store, IRandom? random = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var name = new byte[NameSize];
        (random ?? SystemRandom.Instance).Fill(name);
        var core = await store.GetAsync(Convert.ToHexStringLower(name), null, cancellationToken).ConfigureAwait(false);
        await using var coreClosing = core.ConfigureAwait(false);
        return PearLink.To(core.Key);
    }
}
