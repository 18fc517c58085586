using Nashi.Hypercore.Seam;

namespace Nashi.Hypercore;

/// <summary>A range of blocks being downloaded. Disposing it stops asking for what is missing.</summary>
public sealed class CoreDownload : IDisposable
{
    private readonly ICoreDownload? _download;

    private readonly bool _isComplete;

    internal CoreDownload(ICoreDownload download) => _download = download;

    /// <summary>Without anybody to download from, all is there or never will be.</summary>
    internal CoreDownload(bool isComplete) => _isComplete = isComplete;

    /// <summary>True when every block is there, false when it was stopped; a range without an end never ends by itself.</summary>
    public Task<bool> Completed => _download?.Completed ?? Task.FromResult(_isComplete);

    /// <summary>Downloads of a higher priority are asked for first. May be changed while it runs.</summary>
    public int Priority
    {
        get => _download?.Priority ?? 0;
        set
        {
            if (_download is not null) _download.Priority = value;
        }
    }

    /// <summary>Stops asking.</summary>
    public void Dispose() => _download?.Cancel();
}
