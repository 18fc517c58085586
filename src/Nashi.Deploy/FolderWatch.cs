namespace Nashi.Deploy;

/// <summary>Notices that something in a folder changed; what, it does not say.</summary>
internal sealed class FolderWatch : IDisposable
{
    private readonly Bell _bell = new();
    private readonly FileSystemWatcher _watcher;
    private readonly FolderSyncOptions _options;

    /// <summary>Watches from now on.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public FolderWatch(string folder, FolderSyncOptions options)
    {
        _options = options;
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"There is no folder {folder}.");
        _watcher = new FileSystemWatcher(folder) { IncludeSubdirectories = true };
        _watcher.Changed += (_, _) => _bell.Ring();
        _watcher.Created += (_, _) => _bell.Ring();
        _watcher.Deleted += (_, _) => _bell.Ring();
        _watcher.Renamed += (_, _) => _bell.Ring();
        // Notices were lost, or the folder went away: the next pass sees for itself.
        _watcher.Error += (_, _) => _bell.Ring();
        _watcher.EnableRaisingEvents = true;
    }

    public long Count => _bell.Count;

    /// <summary>Completes when there were more changes than <paramref name="seen"/>, and the last is some time ago.</summary>
    public async Task WaitAsync(long seen, CancellationToken cancellationToken)
    {
        await _bell.WaitAsync(seen, cancellationToken).ConfigureAwait(false);
        long before;
        do
        {
            before = _bell.Count;
            await Task.Delay(_options.Quiet, _options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        while (_bell.Count != before);
    }

    public void Dispose() => _watcher.Dispose();
}
