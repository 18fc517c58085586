using System.Text.Json;
using Nashi.Encoding;
using Nashi.Hyperdrive;

namespace Nashi.Deploy;

/// <summary>What is behind a link.</summary>
public sealed record LinkInfo
{
    private const int PackageSizeMax = 1 << 20;

    /// <summary>The link of this version.</summary>
    public required PearLink Version { get; init; }

    /// <summary>What the drive is announced under.</summary>
    public required DiscoveryKey DiscoveryKey { get; init; }

    /// <summary>The core with the files' contents; null while unknown.</summary>
    public CoreKey? ContentKey { get; init; }

    /// <summary>The name in its package.json, if it has one.</summary>
    public string? Name { get; init; }

    /// <summary>The version in its package.json, if it has one.</summary>
    public string? PackageVersion { get; init; }

    /// <summary>Whether this store can publish there.</summary>
    public bool IsWritable { get; init; }

    /// <summary>Versions there are: blocks of the metadata core.</summary>
    public ulong Length { get; init; }

    /// <summary>How often it was rewritten.</summary>
    public ulong Fork { get; init; }

    /// <summary>Bytes of metadata.</summary>
    public ulong ByteLength { get; init; }

    /// <summary>Blocks of content.</summary>
    public ulong? ContentLength { get; init; }

    /// <summary>Bytes of content, over all versions.</summary>
    public ulong? ContentByteLength { get; init; }

    /// <summary>Files in this version.</summary>
    public int Files { get; init; }

    /// <summary>Reads it from the store, or from peers when the store does not have it.</summary>
    /// <exception cref="NoPeerException">Nobody has it, and neither has this store.</exception>
    public static async ValueTask<LinkInfo> ReadAsync(DeploySession session, PearLink link, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(link);
        var drive = await RemoteDrive.OpenAsync(session, link, mustBeCurrent: false, cancellationToken).ConfigureAwait(false);
        await using var driveClosing = drive.ConfigureAwait(false);
        var core = drive.Core;
        var info = new LinkInfo
        {
            Version = PearLink.To(link.Key) with { Fork = core.Fork, Length = link.Length ?? core.Length },
            DiscoveryKey = drive.DiscoveryKey,
            IsWritable = drive.IsWritable,
            Length = core.Length,
            Fork = core.Fork,
            ByteLength = core.ByteLength,
        };
        if (core.Length == 0) return info;
        var blobs = (await drive.GetBlobsAsync(cancellationToken).ConfigureAwait(false)).Core;
        var (name, version) = await ReadPackageAsync(drive, cancellationToken).ConfigureAwait(false);
        return info with
        {
            ContentKey = blobs.Key,
            ContentLength = blobs.Length,
            ContentByteLength = blobs.ByteLength,
            Name = name,
            PackageVersion = version,
            Files = await CountAsync(drive, cancellationToken).ConfigureAwait(false),
        };
    }

    private static async ValueTask<int> CountAsync(Drive drive, CancellationToken cancellationToken)
    {
        var files = 0;
        await foreach (var _ in drive.ListAsync("/", null, cancellationToken).ConfigureAwait(false)) files++;
        return files;
    }

    private static async ValueTask<(string? Name, string? Version)> ReadPackageAsync(Drive drive, CancellationToken cancellationToken)
    {
        var entry = await drive.GetEntryAsync("/package.json", follow: false, cancellationToken).ConfigureAwait(false);
        if (entry is null || await drive.GetByteLengthAsync(entry, cancellationToken).ConfigureAwait(false) > PackageSizeMax) return default;
        var bytes = await drive.GetAsync("/package.json", cancellationToken: cancellationToken).ConfigureAwait(false);
        if (bytes is null) return default;
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return (TextOf(document.RootElement, "name"), TextOf(document.RootElement, "version"));
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static string? TextOf(JsonElement root, string name) =>
        root.ValueKind is JsonValueKind.Object && root.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
