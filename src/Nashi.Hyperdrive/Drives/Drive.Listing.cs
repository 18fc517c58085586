using System.Runtime.CompilerServices;
using Nashi.Hyperbee;

namespace Nashi.Hyperdrive;

/// <content>Listing, comparing and following.</content>
public sealed partial class Drive
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<DriveEntry> ListAsync(string folder = "/", DriveListOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        options ??= DriveListOptions.Default;
        var (root, ignored) = (DrivePath.Folder(folder), options.Ignored());
        await foreach (var found in _files.RangeAsync(Below(root), cancellationToken).ConfigureAwait(false))
        {
            var path = found.KeyText;
            if (!ignored(path) && (options.IsRecursive || path.IndexOf('/', root.Length + 1) < 0)) yield return Decode(found);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ReadDirectoryAsync(string folder = "/", [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var root = DrivePath.Folder(folder);
        var range = Below(root);
        var files = new HashSet<string>(StringComparer.Ordinal);
        while (await _files.PeekAsync(range, cancellationToken).ConfigureAwait(false) is { } found)
        {
            var rest = found.KeyText[(root.Length + 1)..];
            var slash = rest.IndexOf('/', StringComparison.Ordinal);
            var name = slash < 0 ? rest : rest[..slash];

            // All that is below a folder is stepped over: '0' follows '/'. A name that is both is one name.
            range = slash < 0
                ? range with { AtLeast = null, GreaterThan = found.Key }
                : range with { GreaterThan = null, AtLeast = Text(root + "/" + name + "0") };
            if (files.Contains(name)) continue;
            if (slash < 0) files.Add(name);
            yield return name;
        }
    }

    /// <summary>The paths on which this version and another differ, in order.</summary>
    public async IAsyncEnumerable<DriveDifference> DiffAsync(ulong otherVersion, string folder = "/", [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var found in _files.DiffAsync(otherVersion, Below(DrivePath.Folder(folder)), cancellationToken).ConfigureAwait(false))
        {
            yield return new DriveDifference(found.Left is { } a ? Decode(a) : null, found.Right is { } b ? Decode(b) : null);
        }
    }

    /// <summary>What was written to files, write by write.</summary>
    public async IAsyncEnumerable<DriveChange> HistoryAsync(BeeHistoryRange? range = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        range ??= BeeHistoryRange.All;
        var prefix = _files.Prefix;
        var left = range.Limit;
        await foreach (var change in _bee.HistoryAsync(range with { Limit = long.MaxValue }, cancellationToken).ConfigureAwait(false))
        {
            if (left <= 0) yield break;
            if (!change.Entry.Key.Span.StartsWith(prefix.Span)) continue;
            left--;
            var found = change.Entry with { Key = change.Entry.Key[prefix.Length..] };
            yield return new DriveChange(found.Seq + 1, found.KeyText, change.Kind == BeeChangeKind.Put ? Decode(found) : null);
        }
    }

    /// <summary>Yields the two versions each time something below a folder changed. Ends when cancelled.</summary>
    public async IAsyncEnumerable<(Drive Current, Drive Previous)> WatchAsync(string folder = "/", [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var (current, previous) in _files.WatchAsync(Below(DrivePath.Folder(folder)), cancellationToken).ConfigureAwait(false))
        {
            yield return (Checkout(current.Version), Checkout(previous.Version));
        }
    }

    /// <summary>Brings all files below a folder (or one file) to this machine.</summary>
    public async ValueTask DownloadAsync(string path = "/", CancellationToken cancellationToken = default)
    {
        var blobs = await GetBlobsAsync(cancellationToken).ConfigureAwait(false);
        await Parallel.ForEachAsync(BlobsBelowAsync(path, cancellationToken), Many(cancellationToken), (blob, token) => blobs.DownloadAsync(blob, token)).ConfigureAwait(false);
    }

    /// <summary>Brings all files that are new or changed since a version to this machine.</summary>
    public async ValueTask DownloadDiffAsync(ulong sinceVersion, string folder = "/", CancellationToken cancellationToken = default)
    {
        var blobs = await GetBlobsAsync(cancellationToken).ConfigureAwait(false);
        await Parallel.ForEachAsync(DiffAsync(sinceVersion, folder, cancellationToken), Many(cancellationToken), async (found, token) =>
        {
            if (found.Left?.Blob is { } blob) await blobs.DownloadAsync(blob, token).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    /// <summary>Whether all content of a file, or of all files below a folder, is on this machine.</summary>
    public async ValueTask<bool> HasAsync(string path, CancellationToken cancellationToken = default)
    {
        var blobs = await GetBlobsAsync(cancellationToken).ConfigureAwait(false);
        var any = false;
        await foreach (var blob in BlobsBelowAsync(path, cancellationToken).ConfigureAwait(false))
        {
            any = true;
            if (!blobs.Has(blob)) return false;
        }

        return any;
    }

    /// <summary>How many blocks of the blobs core the files of this version reach to.</summary>
    public async ValueTask<ulong> GetBlobsLengthAsync(CancellationToken cancellationToken = default)
    {
        ulong length = 0;
        await foreach (var blob in BlobsBelowAsync("/", cancellationToken).ConfigureAwait(false)) length = Math.Max(length, blob.BlockEnd);
        return length;
    }

    // Many small files are asked for at once, so that their round trips overlap.
    private static ParallelOptions Many(CancellationToken cancellationToken) => new() { MaxDegreeOfParallelism = 64, CancellationToken = cancellationToken };

    private static BeeRange Below(string root) => new() { GreaterThan = Text(root + "/"), LessThan = Text(root + "0") };

    private static byte[] Text(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private async IAsyncEnumerable<BlobId> BlobsBelowAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (DrivePath.Folder(path).Length > 0 && await GetEntryAsync(path, follow: false, cancellationToken).ConfigureAwait(false) is { } entry)
        {
            if (entry.Blob is { } single) yield return single;
            yield break;
        }

        await foreach (var below in ListAsync(path, null, cancellationToken).ConfigureAwait(false))
        {
            if (below.Blob is { } blob) yield return blob;
        }
    }
}
