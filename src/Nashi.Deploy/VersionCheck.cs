using Nashi.Hyperdrive;

namespace Nashi.Deploy;

/// <summary>Checks that a drive is what a verlink or hashlink promises.</summary>
internal static class VersionCheck
{
    public static async ValueTask RequireAsync(Drive drive, PearLink link, CancellationToken cancellationToken)
    {
        var core = drive.Core;
        if (link.Length is not { } length) return;
        if (length > core.Length) throw new VersionNotFoundException($"{link.Origin} has {core.Length} versions, as far as its peers know; there is no version {length}.");
        if (link.Fork is { } fork && link.TreeHash is not null && fork != core.Fork) throw new VersionNotFoundException($"{link.Origin} is at fork {core.Fork}; the link names fork {fork}.");
        if (link.TreeHash is not { } promised) return;
        // The roots of an old length are known for certain once all its metadata is here.
        using var metadata = core.Download(0, length);
        _ = await metadata.Completed.WaitAsync(cancellationToken).ConfigureAwait(false);
        var hash = core.GetTreeHash(length);
        if (hash != promised.Value) throw new VersionNotFoundException($"Version {length} of {link.Origin} has another content than the link promises: its tree hash is {hash}.");
    }
}
