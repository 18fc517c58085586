using System.Diagnostics;
using System.Runtime.CompilerServices;
using Nashi.Hyperdrive.Local;

namespace Nashi.Hyperdrive;

/// <summary>A folder on disk as a drive. Nothing outside the folder is ever read or written, whatever paths and links it is given.</summary>
/// <remarks>
/// No path goes through a link: a link is an entry of its own, never a way to another place. Folders exist as long as there are files in them. May be used
/// from many threads. The folder must not be changed by someone hostile on the same machine while it is used.
/// </remarks>
[DebuggerDisplay("{Root}")]
public sealed partial class LocalDrive : IDrive
{
    private const int ChunkSize = 65_536;
    private const int MaxLinks = 16;
    private const FileAttributes Missing = (FileAttributes)(-1);

    private readonly LocalDriveOptions _options;

    /// <summary>A folder as a drive; it is made by the first write when it is not there.</summary>
    public LocalDrive(string root, LocalDriveOptions? options = null)
    {
        Root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        _options = options ?? LocalDriveOptions.Default;
    }

    /// <summary>The folder's full path.</summary>
    public string Root { get; }

    /// <inheritdoc/>
    public bool SupportsMetadata => false;

    /// <inheritdoc/>
    public bool IsWritable => !_options.IsReadOnly;

    /// <summary>How many bytes may still be written to the disk.</summary>
    public ulong FreeBytes => (ulong)Math.Max(0, new DriveInfo(Root).AvailableFreeSpace);

    /// <summary>Where a path of the drive is on disk.</summary>
    /// <exception cref="DrivePathException">The path leads outside, or cannot be stored on this system.</exception>
    public string ToPath(string path) => Path.Combine([Root, .. Names(path)]);

    /// <inheritdoc/>
    public ValueTask<DriveEntry?> GetEntryAsync(string path, bool follow = false, CancellationToken cancellationToken = default)
    {
        var name = DrivePath.File(path);
        for (var links = 0; links <= MaxLinks; links++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var entry = Find(name);
            if (!follow || entry is not { IsLink: true }) return ValueTask.FromResult(entry);
            name = DrivePath.File(DrivePath.Resolve(name[..Math.Max(1, name.LastIndexOf('/'))], entry.LinkName!));
        }

        throw DriveException.TooManyLinks(path);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<DriveEntry> ListAsync(string folder = "/", DriveListOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await ValueTask.CompletedTask.ConfigureAwait(false);
        options ??= DriveListOptions.Default;
        var (root, ignored) = (DrivePath.Folder(folder), options.Ignored());
        var open = new Stack<(string Path, Queue<FileSystemInfo> Items)>();
        open.Push((root, Items(root)));
        while (open.TryPeek(out var top))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!top.Items.TryDequeue(out var item))
            {
                open.Pop();
                continue;
            }

            var path = $"{top.Path}/{item.Name}";
            if (ignored(path)) continue;
            if (!IsFolder(item)) yield return Describe(path, item as FileInfo ?? new FileInfo(item.FullName));
            else if (options.IsRecursive) open.Push((path, Items(path)));
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ReadDirectoryAsync(string folder = "/", [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await ValueTask.CompletedTask.ConfigureAwait(false);
        var root = DrivePath.Folder(folder);
        foreach (var item in Items(root))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!IsFolder(item) || await AnyAsync($"{root}/{item.Name}", cancellationToken).ConfigureAwait(false)) yield return item.Name;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(DriveEntry entry, ByteRange range = default, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await ValueTask.CompletedTask.ConfigureAwait(false);
        if (Find(entry.Path) is not { IsLink: false, FileSize: > 0 } found) yield break;
        using var file = File.OpenHandle(ToPath(found.Path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        var size = (ulong)RandomAccess.GetLength(file);
        for (var (at, end) = (range.Start, range.EndWithin(size)); at < end;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var chunk = new byte[Math.Min(ChunkSize, end - at)];
            var read = Fill(file, chunk, at);
            if (read > 0) yield return chunk.AsMemory(0, read);
            if (read < chunk.Length) yield break;
            at += (ulong)read;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]?> GetAsync(string path, bool follow = false, CancellationToken cancellationToken = default)
    {
        var entry = await GetEntryAsync(path, follow, cancellationToken).ConfigureAwait(false);
        if (entry is null or { IsLink: true }) return null;
        if (entry.FileSize > (ulong)Array.MaxLength) throw BlobException.TooLarge(entry.FileSize.Value, (ulong)Array.MaxLength);
        var output = new MemoryStream((int)entry.FileSize!);
        await foreach (var chunk in ReadAsync(entry, ByteRange.All, cancellationToken).ConfigureAwait(false)) output.Write(chunk.Span);
        return output.Length == output.Capacity ? output.GetBuffer() : output.ToArray();
    }

    /// <inheritdoc/>
    public ValueTask<ulong> GetByteLengthAsync(DriveEntry entry, CancellationToken cancellationToken = default)
        => ValueTask.FromResult(entry.FileSize ?? Find(entry.Path)?.FileSize ?? 0);

    private static int Fill(Microsoft.Win32.SafeHandles.SafeFileHandle file, Span<byte> chunk, ulong at)
    {
        var filled = 0;
        while (filled < chunk.Length)
        {
            var read = RandomAccess.Read(file, chunk[filled..], (long)at + filled);
            if (read == 0) break;
            filled += read;
        }

        return filled;
    }

    private static bool IsFolder(FileSystemInfo item) => (item.Attributes & (FileAttributes.Directory | FileAttributes.ReparsePoint)) == FileAttributes.Directory;

    private async ValueTask<bool> AnyAsync(string folder, CancellationToken cancellationToken)
    {
        await foreach (var _ in ListAsync(folder, null, cancellationToken).ConfigureAwait(false)) return true;
        return false;
    }

    private DriveEntry? Find(string path)
    {
        var names = Names(path);
        if (FirstLink(names, names.Length - 1) is not null) return null;
        var file = new FileInfo(Path.Combine([Root, .. names]));
        return file.Attributes == Missing || IsFolder(file) ? null : Describe(path, file);
    }

    private DriveEntry Describe(string path, FileInfo file)
    {
        if ((file.Attributes & FileAttributes.ReparsePoint) != FileAttributes.None && file.LinkTarget is { } target) return new DriveEntry(path, 0) { LinkName = Inwards(target) };
        return new DriveEntry(path, 0) { FileSize = (ulong)file.Length, IsExecutable = !OperatingSystem.IsWindows() && (file.UnixFileMode & UnixFileMode.UserExecute) != UnixFileMode.None };
    }

    // A link to a place inside by its full path is one to that place of the drive, wherever the drive will lie.
    private string Inwards(string target)
    {
        if (OperatingSystem.IsWindows()) target = target.Replace('\\', '/');
        var root = OperatingSystem.IsWindows() ? Root.Replace('\\', '/') : Root;
        if (target == root) return "/";
        return target.StartsWith(root + "/", StringComparison.Ordinal) ? target[root.Length..] : target;
    }

    // The things in a folder in the order of the paths below them; nothing when there is no such folder.
    private Queue<FileSystemInfo> Items(string folder)
    {
        var names = folder.Length == 0 ? [] : Names(folder);
        var found = new DirectoryInfo(Path.Combine([Root, .. names]));
        if (FirstLink(names, names.Length) is not null || found.Attributes == Missing) return new();
        try
        {
            var items = found.GetFileSystemInfos().Where(item => !LocalNames.IsTemp(item.Name)).Select(item => (Order: IsFolder(item) ? item.Name + "/" : item.Name, Item: item)).ToArray();
            Array.Sort(items, static (a, b) => string.CompareOrdinal(a.Order, b.Order));
            return new Queue<FileSystemInfo>(items.Select(static item => item.Item));
        }
        catch (DirectoryNotFoundException)
        {
            return new();
        }
    }

    private string[] Names(string path)
    {
        var names = DrivePath.Names(DrivePath.File(path));
        foreach (var name in names) LocalNames.Require(path, name, _options.PortableNames);
        return names;
    }

    // The first of the leading names that is a link.
    private string? FirstLink(string[] names, int count)
    {
        var path = Root;
        for (var i = 0; i < count; i++)
        {
            path = Path.Combine(path, names[i]);
            var attributes = new FileInfo(path).Attributes;
            if (attributes == Missing) return null;
            if ((attributes & FileAttributes.ReparsePoint) != FileAttributes.None) return path;
        }

        return null;
    }
}
