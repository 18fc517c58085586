using Nashi.Deploy;
using Nashi.Hyperdrive;
using Nashi.Swarm;

namespace Nashi.Cli.Commands;

/// <summary>A drive that a command reads, at the version that its link names.</summary>
internal sealed class DriveReader : IAsyncDisposable
{
    private readonly DeploySession _session;

    private DriveReader(DeploySession session, Drive drive, PearLink link)
    {
        _session = session;
        Newest = drive;
        Drive = link.Length is { } length ? drive.Checkout(length) : drive;
        Link = link;
    }

    /// <summary>The link.</summary>
    public PearLink Link { get; }

    /// <summary>The drive at the link's version.</summary>
    public Drive Drive { get; }

    /// <summary>The drive at its newest version.</summary>
    public Drive Newest { get; }

    /// <summary>Opens it, looking for peers and for a newer version.</summary>
    public static async ValueTask<DriveReader> OpenAsync(CliContext context, PearLink link, CancellationToken cancellation)
    {
        var session = await context.OpenAsync(cancellation);
        try
        {
            return new DriveReader(session, await RemoteDrive.OpenAsync(session, link, mustBeCurrent: true, cancellation), link);
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Goes on looking for peers, and for new versions.</summary>
    public ValueTask<SwarmDiscovery> FollowAsync(CancellationToken cancellation) =>
        _session.JoinAsync(Newest.DiscoveryKey, server: Newest.IsWritable, client: true, cancellation);

    /// <summary>The entry at a path, links followed.</summary>
    /// <exception cref="PathNotFoundException">There is none.</exception>
    public async ValueTask<DriveEntry> RequireAsync(string path, CancellationToken cancellation) =>
        await Drive.GetEntryAsync(path, follow: true, cancellation) ?? throw new PathNotFoundException(Link with { Path = Absolute(path) });

    public async ValueTask DisposeAsync()
    {
        await Newest.DisposeAsync();
        await _session.DisposeAsync();
    }

    /// <summary>A path as drives write it: with a slash in front.</summary>
    public static string Absolute(string path) => path.StartsWith('/') ? path : "/" + path;
}
