using Nashi.Hyperdrive;

namespace Nashi.Deploy;

/// <summary>Opens the drive behind a link, looking for peers when this store does not have it.</summary>
public static class RemoteDrive
{
    // A block may be 8 MiB and a peer slow; but when all peers are gone the user must hear of it.
    private static readonly TimeSpan BlockTimeout = TimeSpan.FromMinutes(3);

    /// <summary>Opens the drive and brings it to the version that the link names, or to the newest that can be had.</summary>
    /// <param name="session">The store; peers are looked for only when it lacks what is asked for.</param>
    /// <param name="link">Which drive, and which version.</param>
    /// <param name="mustBeCurrent">Whether to look for a newer version than this store has.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="NoPeerException">Nobody has it, and neither has this store.</exception>
    /// <exception cref="VersionNotFoundException">The version does not exist, or is not the one that the hashlink promises.</exception>
    public static async ValueTask<Drive> OpenAsync(DeploySession session, PearLink link, bool mustBeCurrent, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(link);
        var drive = await Drive.OpenAsync(session.Store, link.Key, new DriveOptions { Timeout = BlockTimeout }, cancellationToken).ConfigureAwait(false);
        try
        {
            if (NeedsPeers(drive, link, mustBeCurrent)) await UpdateAsync(session, drive, link, cancellationToken).ConfigureAwait(false);
            await VersionCheck.RequireAsync(drive, link, cancellationToken).ConfigureAwait(false);
            return drive;
        }
        catch
        {
            await drive.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Opens a drive to write to.</summary>
    /// <exception cref="NotWritableException">The store holds no secret key for the link.</exception>
    public static async ValueTask<Drive> OpenWritableAsync(DeploySession session, PearLink link, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(link);
        var drive = await Drive.OpenAsync(session.Store, link.Key, null, cancellationToken).ConfigureAwait(false);
        if (drive.IsWritable) return drive;
        await drive.DisposeAsync().ConfigureAwait(false);
        throw new NotWritableException(link);
    }

    private static bool NeedsPeers(Drive drive, PearLink link, bool mustBeCurrent)
    {
        if (drive.IsWritable) return false;
        var enough = link.Length ?? 1;
        return drive.Core.Length < enough || (mustBeCurrent && link.Length is null);
    }

    private static async ValueTask UpdateAsync(DeploySession session, Drive drive, PearLink link, CancellationToken cancellationToken)
    {
        var discovery = await session.JoinAsync(drive.DiscoveryKey, server: false, client: true, cancellationToken).ConfigureAwait(false);
        var known = drive.Core.Length >= (link.Length ?? 1);
        try
        {
            // With a copy of our own, a short look for a newer version is enough.
            await PeerSearch.WaitAsync(drive.Core, link.ToString(), discovery, known ? TimeSpan.FromSeconds(5) : null, cancellationToken).ConfigureAwait(false);
        }
        catch (NoPeerException) when (known)
        {
            return;
        }

        _ = await drive.Core.UpdateAsync(wait: true, cancellationToken).ConfigureAwait(false);
    }
}
