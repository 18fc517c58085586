using Nashi.Encoding;
using Nashi.Protomux;
using Nashi.Protomux.Wakeup;

namespace Nashi.Autobase.Engine;

/// <content>Telling peers which writers have news, and hearing it from them. Spec: data.md §8.6.</content>
internal sealed partial class BaseEngine
{
    // Announced at one time; whoever hears too little hears of the rest through the graph.
    private const int AnnouncedMax = 4096;

    private readonly Dictionary<CoreKey, ulong> _heard = [];
    private HashSet<CoreKey> _announced = [];
    private volatile List<WakeupWriter> _news = [];
    private int _strangers;
    private WakeupSwarm? _ownWakeup;
    private WakeupSession? _wakeup;

    /// <summary>Tells and hears of news on a connection.</summary>
    public void AttachTo(Mux mux)
    {
        var swarm = _options.Wakeup;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, typeof(Autobase));
            if (swarm is null) swarm = _ownWakeup ??= new(new WakeupOptions { TimeProvider = _options.Clock }, _options.Logger);
        }

        JoinWakeup(swarm);
        swarm.AddStream(mux);
    }

    private void JoinWakeup(WakeupSwarm swarm)
    {
        lock (_gate) _wakeup ??= swarm.CreateSession(Key, new NewsHandler(this));
    }

    private void LeaveWakeup()
    {
        _wakeup?.Dispose();
        _ownWakeup?.Dispose();
    }

    // Of writers that are known, whatever is longer than what is applied here; of strangers only where the application hears them.
    private async ValueTask OpenHeardAsync()
    {
        KeyValuePair<CoreKey, ulong>[] heard;
        lock (_gate)
        {
            if (_heard.Count == 0) return;
            heard = [.. _heard];
            _heard.Clear();
        }

        foreach (var (key, length) in heard)
        {
            if (_feeds.ContainsKey(key)) continue;
            var member = await _system.GetAsync(key, _closing.Token).ConfigureAwait(false);
            if (member is null ? _handler.AcceptsOptimistic && _strangers++ < HintsMax : length > member.Value.Length) await OpenWriterAsync(key).ConfigureAwait(false);
        }
    }

    /// <summary>Tells peers of writers that have news since it last did.</summary>
    private void AnnounceNews()
    {
        if (_wakeup is not { } session) return;
        var news = FindNews();
        var fresh = news.FindAll(writer => !_announced.Contains(writer.Key));
        _announced = [.. news.Select(writer => writer.Key)];
        _news = news;
        if (fresh.Count == 0) return;
        foreach (var peer in session.Peers) peer.Announce([.. fresh]);
    }

    // Indexers are followed by everybody; of the others, those with nodes that are not in the order for good.
    private List<WakeupWriter> FindNews()
    {
        var news = new List<WakeupWriter>();
        foreach (var feed in _feeds.Values)
        {
            if (feed.Graph.IsIndexer || feed.Core.Length <= feed.Graph.Indexed || news.Count >= AnnouncedMax) continue;
            news.Add(new(feed.Key, feed.Core.Length));
        }

        return news;
    }

    private void HandleHeard(IReadOnlyList<WakeupWriter> writers)
    {
        lock (_gate)
        {
            foreach (var writer in writers)
            {
                if (_heard.Count < AnnouncedMax || _heard.ContainsKey(writer.Key)) _heard[writer.Key] = Math.Max(writer.Length, _heard.GetValueOrDefault(writer.Key));
            }
        }

        Wake();
    }

    private sealed class NewsHandler(BaseEngine engine) : IWakeupHandler
    {
        public void OnPeerAdded(WakeupSession session, WakeupPeer peer)
        {
            peer.Lookup();
            Announce(peer);
        }

        public void OnPeerActivity(WakeupSession session, WakeupPeer peer, bool isActive)
        {
            if (isActive) Announce(peer);
        }

        public void OnLookup(WakeupSession session, WakeupPeer peer, Bytes32? known) => Announce(peer);

        public void OnAnnounce(WakeupSession session, WakeupPeer peer, IReadOnlyList<WakeupWriter> writers) => engine.HandleHeard(writers);

        private void Announce(WakeupPeer peer)
        {
            if (engine._news is { Count: > 0 } news) peer.Announce([.. news]);
        }
    }
}
