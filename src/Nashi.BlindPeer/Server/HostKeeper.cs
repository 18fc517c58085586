using System.Threading.Channels;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Hypercore;
using Nashi.Storage.Kv;

namespace Nashi.BlindPeer.Server;

/// <summary>Carries out what the <see cref="HostPolicy"/> decides: records, open cores, downloads, clearing. Thread-safe.</summary>
/// <remarks>
/// The policy is used under one lock; what it wants is done on one lane, records first: room that was taken is written down before a block comes. A core is open
/// while somebody uses it. A disk that refuses stops the lane for a while; what it wanted is kept and done then.
/// </remarks>
internal sealed class HostKeeper : IAsyncDisposable
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Corestore _store;
    private readonly HostRecords _records;
    private readonly HostPolicy _policy;
    private readonly BlindPeerServerOptions _options;
    private readonly Dictionary<CoreKey, OpenCore> _open = [];
    private readonly Channel<CoreKey> _compacting = System.Threading.Channels.Channel.CreateUnbounded<CoreKey>();
    private readonly List<TaskCompletionSource> _flushing = [];
    private readonly Queue<HostAction> _left = [];
    private readonly SemaphoreSlim _signal = new(0);
    private readonly CancellationTokenSource _life = new();
    private readonly Task _running;
    private readonly Task _compacted;
    private volatile bool _isFailing;
    private bool _isDirty;
    private bool _isClosing;
    private long _collected;
    private long _failures;

    public HostKeeper(Corestore store, IKeyValueStore records, BlindPeerServerOptions options)
    {
        (_store, _options) = (store, options);
        _records = new HostRecords(records);
        _policy = new HostPolicy(options.Limits.Validate());
        foreach (var record in _records.Load()) _policy.Load(record);
        _running = Task.Run(RunAsync);
        _compacted = Task.Run(CompactAsync);
    }

    /// <summary>Raised, off all locks, when a core has more blocks than before, if only by name.</summary>
    public event Action<HostRecord, ulong>? Grew;

    /// <summary>Raised when a core was removed.</summary>
    public event Action<CoreKey>? Removed;

    public int OpenCount
    {
        get
        {
            lock (_gate) return _open.Count;
        }
    }

    public long CoresCollected => Interlocked.Read(ref _collected);

    /// <summary>Whether the disk refused the last time.</summary>
    public bool IsFailing => _isFailing;

    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Asks or tells the policy something, now.</summary>
    public T Use<T>(Func<HostPolicy, long, T> use)
    {
        T answer;
        lock (_gate)
        {
            answer = use(_policy, _options.Clock.GetUtcNow().ToUnixTimeMilliseconds());
            _isDirty = true;
        }

        Wake();
        return answer;
    }

    /// <summary>What the records of a core take.</summary>
    public long Measure(CoreKey key) => _store.Storage.MeasureCore(key.ToDiscoveryKey());

    /// <summary>The cores in the store, whether a record knows them or not.</summary>
    public IReadOnlyList<DiscoveryKey> Stored() => _store.List();

    /// <summary>Completes when all that was decided so far is on the disk.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        var flushed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosing, this);
            _flushing.Add(flushed);
        }

        Wake();
        await flushed.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens a core that is kept, or joins those who use it; null when it is not kept. Give it back.</summary>
    public async ValueTask<HostedCore?> AcquireAsync(CoreKey key)
    {
        OpenCore? entry;
        lock (_gate)
        {
            if (_isClosing || _policy.Find(key) is null) return null;
            if (!_open.TryGetValue(key, out entry) || entry.Opening.IsFaulted)
            {
                _open[key] = entry = new OpenCore();
                entry.Opening = OpenAsync(key, entry);
            }
        }

        var hosted = await entry.Opening.ConfigureAwait(false);
        lock (_gate)
        {
            // It may have been closed by the last user, or removed, meanwhile.
            if (_open.GetValueOrDefault(key) == entry)
            {
                hosted.Users++;
                return hosted;
            }
        }

        return await AcquireAsync(key).ConfigureAwait(false);
    }

    /// <summary>Ends one use; the last one closes the core.</summary>
    public async ValueTask ReleaseAsync(HostedCore hosted)
    {
        lock (_gate)
        {
            if (--hosted.Users > 0) return;
            if (_open.TryGetValue(hosted.Key, out var entry) && entry.Core == hosted) _ = _open.Remove(hosted.Key);
        }

        await hosted.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Removes cores that no record knows: a crash came between the two.</summary>
    public async Task SweepAsync()
    {
        HashSet<DiscoveryKey> known;
        lock (_gate) known = [.. _policy.Records.Select(static record => record.DiscoveryKey)];
        if (known.Count == 0) return;
        foreach (var stray in _store.ListDetails().Where(core => !known.Contains(core.DiscoveryKey)).ToArray())
        {
            if (Use((policy, _) => policy.Find(stray.Key)) is null) _ = await _store.PurgeAsync(stray.Key).ConfigureAwait(false);
        }
    }

    /// <summary>Writes everything down and closes all cores, not the store.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isClosing) return;
            _isClosing = true;
        }

        await _life.CancelAsync().ConfigureAwait(false);
        Wake();
        _ = _compacting.Writer.TryComplete();
        await _running.ConfigureAwait(false);
        await _compacted.ConfigureAwait(false);
        OpenCore[] open;
        lock (_gate)
        {
            open = [.. _open.Values];
            _open.Clear();
        }

        foreach (var entry in open)
        {
            await ((Task)entry.Opening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (entry.Core is { } hosted) await hosted.DisposeAsync().ConfigureAwait(false);
        }

        _records.Dispose();
        _life.Dispose();
        _signal.Dispose();
    }

    private void Wake()
    {
        try
        {
            if (_signal.CurrentCount == 0) _ = _signal.Release();
        }
        catch (ObjectDisposedException)
        {
            // Closed: what was decided last is not to be done any more.
        }
    }

    private async Task<HostedCore> OpenAsync(CoreKey key, OpenCore entry)
    {
        await Task.Yield();
        var hosted = new HostedCore(await _store.GetAsync(key).ConfigureAwait(false));
        lock (_gate) entry.Core = hosted;
        hosted.Core.Changed += change => HandleChange(hosted, change);
        _ = Use((policy, now) =>
        {
            if (hosted.Core.Length > 0) policy.Claim(key, hosted.Core.Length, hosted.Core.ByteLength, now);
            // By the lane, so that an older range never takes the place of a newer one.
            policy.Resume(key);
            return true;
        });
        return hosted;
    }

    // On the core's own lane: only noted here.
    private void HandleChange(HostedCore hosted, CoreChange change)
    {
        if (change.Kind is not (CoreChangeKind.Appended or CoreChangeKind.Truncated or CoreChangeKind.Downloaded)) return;
        var bytes = hosted.Core.ByteLength;
        var record = Use((policy, now) =>
        {
            if (change.Kind == CoreChangeKind.Downloaded) policy.Touch(hosted.Key, now);
            else policy.Claim(hosted.Key, change.Length, bytes, now);
            return policy.Find(hosted.Key);
        });
        if (record is not null && change.Kind == CoreChangeKind.Appended)
            _ = ThreadPool.UnsafeQueueUserWorkItem(state => Grew?.Invoke(state.Record, state.Length), (Record: record, change.Length), preferLocal: false);
    }

    private async Task RunAsync()
    {
        while (!_life.IsCancellationRequested)
        {
            await _signal.WaitAsync(_life.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (await TryWorkAsync().ConfigureAwait(false) || _life.IsCancellationRequested) continue;
            await Task.Delay(RetryInterval, _options.Clock, _life.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Wake();
        }

        _ = await TryWorkAsync().ConfigureAwait(false);
    }

    private async Task<bool> TryWorkAsync()
    {
        List<HostAction> work;
        TaskCompletionSource[] flushing;
        lock (_gate)
        {
            if (!_isDirty && _flushing.Count == 0 && _left.Count == 0) return true;
            _isDirty = false;
            while (_policy.TryTake(out var action))
            {
                if (action is HostAction.Save save && _policy.Find(save.Key) is { } record) _records.Put(record);
                if (action is HostAction.Remove remove) _records.Delete(remove.Key);
                if (action is not HostAction.Save) _left.Enqueue(action);
            }

            work = [.. _left];
            flushing = [.. _flushing];
            _flushing.Clear();
        }

        try
        {
            await _records.WriteAsync(flushing.Length > 0 || _life.IsCancellationRequested ? Durability.Synced : Durability.Buffered).ConfigureAwait(false);
            foreach (var flushed in flushing) _ = flushed.TrySetResult();
            foreach (var action in work)
            {
                if (!_life.IsCancellationRequested) await DoAsync(action).ConfigureAwait(false);
                lock (_gate) _ = _left.Dequeue();
            }

            _isFailing = false;
            return true;
        }
        catch (Exception error) when (error is NashiException or IOException or ObjectDisposedException)
        {
            _isFailing = true;
            _ = Interlocked.Increment(ref _failures);
            Log.StorageFailed(_options.Logger, error);
            foreach (var flushed in flushing) _ = flushed.TrySetException(error);
            return false;
        }
    }

    private async ValueTask DoAsync(HostAction action)
    {
        switch (action)
        {
            case HostAction.Download download:
                if (FindOpen(download.Key) is { } hosted) hosted.Download(download.From, download.To);
                break;
            case HostAction.Clear clear:
                await ClearAsync(clear.Key).ConfigureAwait(false);
                break;
            case HostAction.Remove remove:
                await RemoveAsync(remove.Key).ConfigureAwait(false);
                break;
        }
    }

    private HostedCore? FindOpen(CoreKey key)
    {
        lock (_gate) return _open.GetValueOrDefault(key)?.Core;
    }

    private async ValueTask ClearAsync(CoreKey key)
    {
        if (await AcquireAsync(key).ConfigureAwait(false) is not { } hosted) return;
        try
        {
            hosted.Download(0, 0);
            await hosted.Core.ClearAsync(0, hosted.Core.Length).ConfigureAwait(false);
            _ = Use((policy, _) =>
            {
                policy.HandleCleared(key);
                return true;
            });
            _ = Interlocked.Increment(ref _collected);
            _ = _compacting.Writer.TryWrite(key);
            Log.Collected(_options.Logger, key);
        }
        finally
        {
            await ReleaseAsync(hosted).ConfigureAwait(false);
        }
    }

    private async ValueTask RemoveAsync(CoreKey key)
    {
        OpenCore? entry;
        lock (_gate)
        {
            // It may have been asked for again since.
            if (_policy.Find(key) is not null) return;
            _ = _open.Remove(key, out entry);
        }

        if (entry is not null) await (await entry.Opening.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        _ = await _store.PurgeAsync(key).ConfigureAwait(false);
        Removed?.Invoke(key);
    }

    // Clearing only marks: the space comes back when files are rewritten. One at a time, beside everything else.
    private async Task CompactAsync()
    {
        await foreach (var key in _compacting.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            if (_life.IsCancellationRequested) continue;
            HostedCore? hosted = null;
            try
            {
                hosted = await AcquireAsync(key).ConfigureAwait(false);
                if (hosted is not null) await hosted.Core.CompactAsync(_life.Token).ConfigureAwait(false);
            }
            catch (Exception error) when (error is NashiException or IOException or ObjectDisposedException or OperationCanceledException)
            {
                Log.StorageFailed(_options.Logger, error);
            }

            if (hosted is not null) await ReleaseAsync(hosted).ConfigureAwait(false);
        }
    }

    /// <summary>A core that is open or being opened.</summary>
    private sealed class OpenCore
    {
        // Set once, under the gate, before anybody else sees it.
        public Task<HostedCore> Opening { get; set; } = null!;

        public HostedCore? Core { get; set; }
    }
}
