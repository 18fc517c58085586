using Nashi.Autobase.Graph;
using Nashi.Autobase.Messages;
using Nashi.Encoding;
using Nashi.Hypercore;
using Nashi.Hypercore.Manifests;

namespace Nashi.Autobase.Engine;

/// <content>Writers: their cores, read into the graph; and the local one's new nodes.</content>
internal sealed partial class BaseEngine
{
    // Whoever may hint may name any core: no more than this many are followed for it.
    private const int HintsMax = 1024;

    private readonly OrderedDictionary<CoreKey, WriterFeed> _feeds = [];
    private readonly HashSet<CoreKey> _hinted = [];
    private WriterFeed? _localFeed;
    private List<AppendRequest> _inWork = [];

    /// <summary>The writers whose cores are open; for tests, while nothing happens.</summary>
    public IReadOnlyList<CoreKey> OpenWriters => [.. _feeds.Keys];

    /// <summary>Tells of a core that may have nodes of this base: it is followed from now on.</summary>
    public void Hint(CoreKey key)
    {
        lock (_gate)
        {
            if (_hinted.Count >= HintsMax || !_hinted.Add(key)) return;
        }

        Wake();
    }

    private async ValueTask OpenHintedAsync()
    {
        CoreKey[] hinted;
        lock (_gate) hinted = [.. _hinted];
        foreach (var key in hinted) await OpenWriterAsync(key).ConfigureAwait(false);
    }

    /// <summary>Opens a writer from the length that is applied; nothing when it is open.</summary>
    private async ValueTask<WriterFeed> OpenWriterAsync(CoreKey key, ulong length, bool isRemoved)
    {
        if (_feeds.TryGetValue(key, out var known)) return known;
        var isLocal = key == _identity.Local.Key;
        var core = isLocal ? _local.Session(new CoreSessionOptions { IsWritable = false }) : await OpenRemoteAsync(key).ConfigureAwait(false);
        var graph = _linearizer.AddWriter(key, length);
        graph.IsRemoved = isRemoved;
        var feed = new WriterFeed(core, graph, isLocal);
        _feeds.Add(key, feed);
        if (isLocal) _localFeed = feed;
        if (!isLocal) core.Changed += OnCoreChanged;
        feed.Follow();
        return feed;
    }

    private async ValueTask<Core> OpenRemoteAsync(CoreKey key)
    {
        var core = await _store.GetAsync(key, new CoreOptions { EncryptionKey = _identity.EncryptionKey, IsWritable = false, Clock = _options.Clock, Logger = _options.Logger }).ConfigureAwait(false);
        await core.SetUserDataAsync("referrer", Key.ToArray()).ConfigureAwait(false);
        return core;
    }

    private async ValueTask<WriterFeed> OpenWriterAsync(CoreKey key)
    {
        if (_feeds.TryGetValue(key, out var known)) return known;
        var member = await _system.GetAsync(key, _closing.Token).ConfigureAwait(false);
        var isFirst = _system.IsBootstrapping && key == Key;
        return await OpenWriterAsync(key, member?.Length ?? 0, !isFirst && member is not { IsRemoved: false }).ConfigureAwait(false);
    }

    private async ValueTask CloseWritersAsync()
    {
        foreach (var feed in _feeds.Values)
        {
            feed.Core.Changed -= OnCoreChanged;
            await feed.DisposeAsync().ConfigureAwait(false);
        }

        _feeds.Clear();
        _localFeed = null;
        foreach (var checkpoint in _checkpoints) await checkpoint.DisposeAsync().ConfigureAwait(false);
        _checkpoints.Clear();
        if (_localCheckpoints is not null) await _localCheckpoints.DisposeAsync().ConfigureAwait(false);
        _localCheckpoints = null;
    }

    private void OnCoreChanged(CoreChange change)
    {
        if (change.Kind is CoreChangeKind.Appended or CoreChangeKind.Downloaded) Wake();
    }

    // Round after round, since one writer's nodes may be what another's wait for.
    private async ValueTask<int> ReadWritersAsync()
    {
        var added = 0;
        for (var before = -1; before != added && added < DrainLimit;)
        {
            before = added;
            for (var i = 0; i < _feeds.Count; i++)
            {
                var feed = _feeds.GetAt(i).Value;
                WriterHead? missing = null;
                while (added < DrainLimit && feed.TryRead(_linearizer, out missing) is { } batch) added += Take(feed, batch);
                if (missing is { } head && !_feeds.ContainsKey(head.Key)) await OpenWriterAsync(head.Key).ConfigureAwait(false);
            }
        }

        return added;
    }

    private int Take(WriterFeed feed, IReadOnlyList<OplogMessage> batch)
    {
        var added = 0;
        foreach (var message in batch)
        {
            if (_linearizer.TryAdd(feed.Graph, message) is null)
            {
                feed.Freeze();
                break;
            }

            if (message.Value is not null) _pushes = 0;
            added++;
        }

        feed.Taken();
        return added;
    }

    private bool HasWork()
    {
        lock (_gate) return _requests.Count > 0;
    }

    // Each request becomes a batch of its own. While the local core is not read to its end they wait: a node would follow too little.
    private List<OplogMessage> AddLocal()
    {
        var nodes = new List<OplogMessage>();
        if (_localFeed is { IsFrozen: true }) RefuseRequests();
        if (_localFeed is not { IsIdle: true, IsFrozen: false } feed) return nodes;
        while (nodes.Count < DrainLimit && TakeRequest() is { } request)
        {
            if (!MayAppend(request))
            {
                request.Done.TrySetException(new AutobaseException("NOT_WRITABLE", $"The local writer {feed.Key} is no writer of base {Key}. Have one of its writers add it."));
                continue;
            }

            lock (_gate) _inWork.Add(request);
            var count = request.Values.Count;
            for (var i = 0; i < count; i++)
            {
                var message = new OplogMessage { Heads = _linearizer.GetHeads(), Batch = (ulong)(count - i), Value = request.Values[i], IsOptimistic = request.IsOptimistic };
                request.End = _linearizer.TryAdd(feed.Graph, message)?.Length ?? request.End;
                nodes.Add(message);
            }
        }

        return nodes;
    }

    private void RefuseRequests()
    {
        while (TakeRequest() is { } request)
        {
            request.Done.TrySetException(new AutobaseException("LOCAL_DAMAGED", $"The core of the local writer {_identity.Local.Key} holds blocks that are none of a base: nothing can be appended behind them. Join with another key pair."));
        }
    }

    private bool MayAppend(AppendRequest request) => request.IsOptimistic || !_localFeed!.Graph.IsRemoved || request.Values is [null];

    private AppendRequest? TakeRequest()
    {
        lock (_gate) return _requests.TryDequeue(out var request) ? request : null;
    }

    private void CompleteRequests()
    {
        List<AppendRequest> done;
        lock (_gate) (done, _inWork) = (_inWork, []);
        foreach (var request in done) request.Done.TrySetResult(request.End);
    }

    /// <summary>The manifests of indexers, in order. Those whose cores are not known yet are left out.</summary>
    private List<Manifest> ManifestsOf(IReadOnlyList<WriterHead> indexers)
    {
        var manifests = new List<Manifest>();
        foreach (var indexer in indexers)
        {
            var manifest = indexer.Key == _identity.Local.Key ? _identity.Local.Manifest : _feeds.GetValueOrDefault(indexer.Key)?.Core.Manifest;
            if (manifest is not null) manifests.Add(manifest);
        }

        return manifests;
    }

    private async ValueTask RefreshRightsAsync()
    {
        foreach (var feed in _feeds.Values)
        {
            var member = await _system.GetAsync(feed.Key, _closing.Token).ConfigureAwait(false);
            feed.Graph.IsRemoved = member?.IsRemoved ?? !(_system.Length == 0 && feed.Key == Key);
        }
    }
}
