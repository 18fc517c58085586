using Nashi.Encoding;
using Nashi.Hypercore;

namespace Nashi.BlindPeer.Server;

/// <summary>A core that is open because somebody uses it, and what is downloaded of it. Owned by the <see cref="HostKeeper"/>.</summary>
internal sealed class HostedCore(Core core) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private CoreDownload? _download;
    private bool _isClosed;

    public Core Core { get; } = core;

    public CoreKey Key => Core.Key;

    /// <summary>How many use it; guarded by the keeper.</summary>
    public int Users { get; set; }

    /// <summary>Downloads what there is room for, and nothing else; an empty range stops.</summary>
    public void Download(ulong from, ulong to)
    {
        CoreDownload? old;
        lock (_gate)
        {
            old = _download;
            _download = _isClosed || Core.IsClosed || from >= to ? null : Core.Download(from, to);
        }

        old?.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate) _isClosed = true;
        Download(0, 0);
        await Core.DisposeAsync().ConfigureAwait(false);
    }
}
