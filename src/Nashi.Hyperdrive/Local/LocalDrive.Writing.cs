using Nashi.Hyperdrive.Local;

namespace Nashi.Hyperdrive;

/// <content>Writing: always to a real folder below the root, never through a link.</content>
public sealed partial class LocalDrive
{
    private const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executable = Plain | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private static long _temps;

    // Removing a folder and making a link change what is known about folders.
    private readonly Lock _folders = new();

    // Folders that were found to be there and to be no links since the last deletion or link.
    private readonly HashSet<string> _real = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public ValueTask PutAsync(string path, ReadOnlyMemory<byte> content, DriveFileOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var target = Create(path, options?.IsExecutable == true);
        target.Write(content.Span);
        target.Commit();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask PutAsync(string path, IAsyncEnumerable<ReadOnlyMemory<byte>> content, DriveFileOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var target = Create(path, options?.IsExecutable == true);
        await foreach (var chunk in content.WithCancellation(cancellationToken).ConfigureAwait(false)) target.Write(chunk.Span);
        target.Commit();
    }

    /// <inheritdoc/>
    /// <exception cref="DrivePathException">The link leads where <see cref="LocalDriveOptions.Links"/> does not allow it.</exception>
    public ValueTask SymlinkAsync(string path, string target, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RequireWritable();
        var names = Names(path);
        var stored = Outwards(DrivePath.File(path), target);
        lock (_folders)
        {
            var file = Prepare(path, names);
            if (new FileInfo(file).Attributes != Missing) Remove(path, file);
            _real.Clear();
            File.CreateSymbolicLink(file, stored);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<bool> DeleteAsync(string path, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RequireWritable();
        if (Find(path) is null) return ValueTask.FromResult(false);
        var file = ToPath(path);
        lock (_folders)
        {
            _real.Clear();
            File.Delete(file);
            RemoveEmptyFolders(Path.GetDirectoryName(file)!);
        }

        return ValueTask.FromResult(true);
    }

    private static string TempName() => $"{LocalNames.TempPrefix}{Environment.ProcessId:x}-{Interlocked.Increment(ref _temps):x}{LocalNames.TempSuffix}";

    private LocalFile Create(string path, bool isExecutable)
    {
        RequireWritable();
        var names = Names(path);
        var options = new FileStreamOptions { Access = FileAccess.Write, Mode = _options.IsAtomic ? FileMode.CreateNew : FileMode.Create, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = isExecutable ? Executable : Plain;
        for (var attempt = 0; ; attempt++)
        {
            var file = Prepare(path, names);
            try
            {
                return Create(path, file, options);
            }
            catch (DirectoryNotFoundException) when (attempt < 3)
            {
                // The folder was empty and was removed with its last file: make it again.
                lock (_folders) _real.Clear();
            }
        }
    }

    private LocalFile Create(string path, string file, FileStreamOptions options)
    {
        if (_options.IsAtomic)
        {
            var written = Path.Combine(Path.GetDirectoryName(file)!, TempName());
            return new LocalFile(new FileStream(written, options), written, path, file);
        }

        // Opening would follow a link: it is removed first.
        if (new FileInfo(file).Attributes != Missing) Remove(path, file);
        return new LocalFile(new FileStream(file, options), file, path, file);
    }

    // Makes the folders of a path, each of them real.
    private string Prepare(string path, string[] names)
    {
        var folder = Path.Combine([Root, .. names[..^1]]);
        lock (_folders)
        {
            if (_real.Contains(folder)) return Path.Combine(folder, names[^1]);
        }

        if (FirstLink(names, names.Length - 1) is not null) throw DrivePathException.Refused(path, "a folder in it is a link");
        try
        {
            Directory.CreateDirectory(folder);
            lock (_folders) _real.Add(folder);
        }
        catch (IOException error) when (error is not DirectoryNotFoundException)
        {
            throw DrivePathException.Refused(path, "there is a file where it needs a folder, or the folder cannot be made");
        }

        return Path.Combine(folder, names[^1]);
    }

    private static void Remove(string path, string file)
    {
        if (IsFolder(new FileInfo(file))) throw DrivePathException.Refused(path, "there is a folder of that name");
        File.Delete(file);
    }

    // What to store in a link on disk. A drive's absolute links start at the drive's root.
    private string Outwards(string path, string target)
    {
        if (_options.Links == LinkPolicy.None) throw DrivePathException.Refused(path, "links are not taken here");
        if (target.Length == 0 || target.Contains('\0', StringComparison.Ordinal)) throw DrivePathException.Refused(path, "its target is not a path");
        if (_options.Links == LinkPolicy.Inside)
        {
            RequireInside(path, target);
            if (target.StartsWith('/')) return Path.Combine([Root, .. DrivePath.Names(DrivePath.Normalize(target))]);
        }

        return OperatingSystem.IsWindows() ? target.Replace('/', '\\') : target;
    }

    private static bool GoesUpAgain(string target)
    {
        var wentDown = false;
        foreach (var name in target.Split('/'))
        {
            if (name == ".." && wentDown) return true;
            wentDown |= name is not ("" or "." or "..");
        }

        return false;
    }

    private void RequireInside(string path, string target)
    {
        try
        {
            var inside = DrivePath.Resolve(path[..Math.Max(1, path.LastIndexOf('/'))], target);

            // "a/../.." through a link a would mean another place on disk than on paper.
            var names = inside == "/" ? [] : Names(inside);
            if (GoesUpAgain(target)) throw DrivePathException.Refused(path, "its target goes up after it went down");
            if (target.Contains('\\', StringComparison.Ordinal) || FirstLink(names, names.Length - 1) is not null) throw DrivePathException.Refused(path, "its target leads through another link");
        }
        catch (DrivePathException error) when (error.Path != path)
        {
            throw DrivePathException.Refused(path, "its target leads outside the folder");
        }
    }

    private void RemoveEmptyFolders(string folder)
    {
        try
        {
            for (; folder.Length > Root.Length; folder = Path.GetDirectoryName(folder)!) Directory.Delete(folder);
        }
        catch (IOException)
        {
            // Not empty: it stays, and so do those above.
        }
        catch (UnauthorizedAccessException)
        {
            // Not ours to remove.
        }
    }

    private void RequireWritable()
    {
        if (_options.IsReadOnly) throw DriveException.ReadOnly();
    }
}
