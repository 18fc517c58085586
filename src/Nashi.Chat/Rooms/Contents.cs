using Nashi.Chat.Epochs;
using Nashi.Chat.Messages;
using Nashi.Chat.Ops;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Hypercore;

namespace Nashi.Chat.Rooms;

/// <summary>The texts of a room: read, fetched from peers as ops name them, and cleared when their messages are deleted. Thread-safe.</summary>
internal sealed class Contents(Corestore store, CoreKey room, Keyring keyring, Core own) : IAsyncDisposable
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<CoreKey, Task<Core>> _cores = [];
    private readonly List<Core> _opened = [];
    private readonly Dictionary<CoreKey, Wanted> _wanted = [];
    private readonly CancellationTokenSource _closing = new();

    /// <summary>Raised when contents came, or are not waited for any more.</summary>
    public event Action? Changed;

    public Core Own => own;

    /// <summary>Opens a core, so that peers share it with us.</summary>
    public Task<Core> OpenAsync(CoreKey key)
    {
        lock (_gate)
        {
            if (_cores.TryGetValue(key, out var core)) return core;
            return _cores[key] = OpenNewAsync(key);
        }
    }

    /// <summary>The cores that are open, without waiting.</summary>
    public IReadOnlyList<Core> ListOpen()
    {
        lock (_gate) return [.. _opened];
    }

    /// <summary>The content of a message; null when it is not here or not what it should be.</summary>
    public async ValueTask<Content?> ReadAsync(CoreKey key, CoreKey files, ulong block, uint size)
    {
        var core = await OpenAsync(key).ConfigureAwait(false);
        if (!core.TryGet(block, out var bytes) || (uint)bytes.Length != size) return null;
        if (!keyring.TryGet(Sealing.KeyIdOf(bytes), out var epoch)) return null;
        if (Sealing.Open(bytes, epoch, room, ContentCodec.Place(key, block)) is not { } message) return null;
        return ContentCodec.TryDecode(message, files, out var content) ? content : null;
    }

    public async ValueTask<bool> HasAsync(CoreKey key, ulong block) => (await OpenAsync(key).ConfigureAwait(false)).Has(block);

    /// <summary>Has a content fetched, if it is not here.</summary>
    /// <param name="key">The content core.</param>
    /// <param name="op">Which op names it.</param>
    /// <param name="block">The block.</param>
    public void Want(CoreKey key, MessageId op, ulong block)
    {
        if (key == own.Key) return;
        lock (_gate)
        {
            if (!_wanted.TryGetValue(key, out var wanted)) _wanted[key] = wanted = new();
            wanted.Blocks[block] = op.Length;
            if (wanted.IsRunning) return;
            wanted.IsRunning = true;
        }

        _ = FetchAsync(key);
    }

    /// <summary>Up to which op of a writer all contents are here.</summary>
    public ulong CompleteOf(CoreKey key, ulong applied)
    {
        lock (_gate) return _wanted.TryGetValue(key, out var wanted) && wanted.Blocks.Count > 0 ? Math.Min(applied, wanted.Blocks.Values.Min() - 1) : applied;
    }

    /// <summary>Whether nothing is waited for.</summary>
    public bool IsComplete
    {
        get
        {
            lock (_gate) return _wanted.Values.All(wanted => wanted.Blocks.Count == 0);
        }
    }

    /// <summary>Removes a content from the disk, and never fetches it again.</summary>
    public async ValueTask ClearAsync(CoreKey key, ulong block, CancellationToken cancellationToken)
    {
        CancellationTokenSource? running = null;
        lock (_gate)
        {
            if (_wanted.TryGetValue(key, out var wanted) && wanted.Blocks.Remove(block)) running = wanted.Running;
        }

        if (running is not null) await running.CancelAsync().ConfigureAwait(false);
        var core = key == own.Key ? own : await OpenAsync(key).ConfigureAwait(false);
        if (core.Has(block)) await core.ClearAsync(block, block + 1, cancellationToken).ConfigureAwait(false);
        Changed?.Invoke();
    }

    /// <summary>Clears the blocks of a file.</summary>
    public async ValueTask ClearFileAsync(Attachment file, CancellationToken cancellationToken)
    {
        if (!FileCipher.IsPlausible(file)) return;
        var core = await OpenAsync(file.Core).ConfigureAwait(false);
        var end = Math.Min(file.Blob.BlockEnd, core.Length);
        if (file.Blob.BlockOffset < end) await core.ClearAsync(file.Blob.BlockOffset, end, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        foreach (var core in ListOpen()) await core.DisposeAsync().ConfigureAwait(false);
        await own.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<Core> OpenNewAsync(CoreKey key)
    {
        var core = await store.GetAsync(key, new CoreOptions { IsWritable = false }, _closing.Token).ConfigureAwait(false);
        lock (_gate) _opened.Add(core);
        return core;
    }

    private async Task FetchAsync(CoreKey key)
    {
        try
        {
            var core = await OpenAsync(key).ConfigureAwait(false);
            while (NextRun(key, core) is { } run)
            {
                using var running = run.Running;
                using var download = core.Download(run.Start, run.End);
                await Task.WhenAny(download.Completed, Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, running.Token)).ConfigureAwait(false);
                if (!core.Has(run.Start)) await AwaitAsync(core, run.Start, running.Token).ConfigureAwait(false);
                if (_closing.IsCancellationRequested) return;
                Changed?.Invoke();
            }

            Changed?.Invoke();
        }
        catch (Exception error) when (error is NashiException or ObjectDisposedException or OperationCanceledException)
        {
            // The store is closing: what is missing is asked for when it is open again.
        }
    }

    // A download ends also when nobody has the blocks: then it comes from whoever connects next.
    private static async ValueTask AwaitAsync(Core core, ulong block, CancellationToken cancellationToken)
    {
        try
        {
            _ = await core.GetAsync(block, new CoreGetOptions { Wait = true }, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or BlockNotAvailableException or RequestTimeoutException)
        {
            await Task.Delay(RetryInterval, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // What came is struck off; then the next blocks that lie together.
    private (ulong Start, ulong End, CancellationTokenSource Running)? NextRun(CoreKey key, Core core)
    {
        lock (_gate)
        {
            var wanted = _wanted[key];
            foreach (var block in wanted.Blocks.Keys.Where(core.Has).ToArray()) wanted.Blocks.Remove(block);
            if (wanted.Blocks.Count == 0 || _closing.IsCancellationRequested)
            {
                wanted.IsRunning = false;
                return null;
            }

            var start = wanted.Blocks.GetKeyAtIndex(0);
            var end = start + 1;
            while (wanted.Blocks.ContainsKey(end)) end++;
            wanted.Running = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
            return (start, end, wanted.Running);
        }
    }

    private sealed class Wanted
    {
        /// <summary>Blocks, and the lengths of the ops that name them.</summary>
        public SortedList<ulong, ulong> Blocks { get; } = [];

        public bool IsRunning { get; set; }

        public CancellationTokenSource? Running { get; set; }
    }
}
