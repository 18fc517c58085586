using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Nashi.Datagrams;
using Nashi.Encoding;
using Nashi.Lan.Protocol;
using Nashi.Lan.Sockets;

namespace Nashi.Lan;

/// <summary>Finds DHT nodes, peers and topics on the local network by multicast DNS, and lets itself be found.</summary>
/// <remarks>
/// Owns a socket per interface and family, a core and two timers; born by <see cref="Start"/>, dies by <see cref="Dispose"/>. Interfaces may come and go.
/// Findings are claims until a handshake proves them. Thread-safe: the core is entered by one thread at a time; callbacks run outside it, on pool
/// threads, and must return soon. The format and what it gives away are in docs/lan.md.
/// </remarks>
public sealed partial class LanDiscovery : IDisposable
{
    private readonly LanOptions _options;
    private readonly LanCore _core;
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private readonly ITimer _scan;
    private readonly Dictionary<int, Link> _links = [];
    private readonly Dictionary<LanTarget, List<Action<LanPeer>>> _watches = [];
    private readonly HashSet<int> _refused = [];
    private Instant _wakesAt = Instant.Never;
    private bool _isClosed;

    private LanDiscovery(LanOptions options, int port)
    {
        _options = options;
        _core = new LanCore(options, port);
        _timer = options.Clock.CreateTimer(static lan => ((LanDiscovery)lan!).HandleTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _scan = options.Clock.CreateTimer(static lan => ((LanDiscovery)lan!).Scan(), this, options.InterfaceInterval, options.InterfaceInterval);
    }

    /// <summary>Raised, on any thread, for each DHT node that is found, again whenever it has changed.</summary>
    public event Action<UdpAddress>? NodeFound;

    /// <summary>Starts on every interface.</summary>
    /// <param name="options">How.</param>
    /// <param name="port">The port of the DHT node's server socket.</param>
    public static LanDiscovery Start(LanOptions options, int port)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, ushort.MaxValue);
        var lan = new LanDiscovery(options, port);
        if (!options.IsLoopbackOnly) NetworkChange.NetworkAddressChanged += lan.HandleNetworkChange;
        // Listing interfaces takes a while: not on the caller's thread.
        ThreadPool.UnsafeQueueUserWorkItem(static started => started.Scan(), lan, preferLocal: false);
        return lan;
    }

    /// <summary>Lets peers find a topic's server here, until disposed.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="server">Who serves it: told only to those who know the topic.</param>
    public IDisposable Offer(Topic topic, PublicKey server) => Offer(LanTarget.Of(topic), server);

    /// <summary>Lets peers that know the key find it here, until disposed.</summary>
    public IDisposable Offer(PublicKey peer) => Offer(LanTarget.Of(peer), null);

    /// <summary>Looks for a target until disposed: reports whoever has it already, and whoever comes; the same may come several times.</summary>
    public IDisposable Watch(LanTarget target, Action<LanPeer> found)
    {
        ArgumentNullException.ThrowIfNull(found);
        var isWanted = false;
        Enter((core, now) =>
        {
            isWanted = core.TryWant(target, now);
            if (!isWanted) return;
            if (!_watches.TryGetValue(target, out var watches)) _watches[target] = watches = [];
            watches.Add(found);
        });
        return new Ending(() => Unwatch(target, found, isWanted));
    }

    /// <summary>Counts.</summary>
    public LanStats GetStats()
    {
        lock (_gate)
        {
            var links = _core.Links.Values.ToArray();
            return new LanStats(
                links.Length, links.Sum(link => link.NeighbourCount), links.Sum(link => link.Counters.Received), links.Sum(link => link.Counters.Malformed),
                links.Sum(link => link.Counters.Dropped), links.Sum(link => link.Counters.Sent));
        }
    }

    /// <summary>Says goodbye and closes the sockets. Idempotent.</summary>
    public void Dispose()
    {
        NetworkChange.NetworkAddressChanged -= HandleNetworkChange;
        lock (_gate)
        {
            if (_isClosed) return;
            _core.Close();
            Send(Now());
            _isClosed = true;
            foreach (var link in _links.Values) link.Dispose();
            _links.Clear();
        }

        _timer.Dispose();
        _scan.Dispose();
    }

    private Ending Offer(LanTarget target, PublicKey? key)
    {
        var isOffered = false;
        Enter((core, now) => isOffered = core.TryOffer(target, key, now));
        return new Ending(() =>
        {
            if (isOffered) Enter((core, now) => core.Withdraw(target, key, now));
        });
    }

    private void Unwatch(LanTarget target, Action<LanPeer> found, bool isWanted)
    {
        if (!isWanted) return;
        Enter((core, _) =>
        {
            core.Unwant(target);
            if (!_watches.TryGetValue(target, out var watches)) return;
            watches.Remove(found);
            if (watches.Count == 0) _watches.Remove(target);
        });
    }

    private Instant Now() => Instant.Now(_options.Clock);

    private void Enter(Action<LanCore, Instant> work)
    {
        List<Action>? calls;
        lock (_gate)
        {
            if (_isClosed) return;
            var now = Now();
            work(_core, now);
            calls = Settle(now);
        }

        // Not on the caller's thread: it may hold locks of its own.
        if (calls is not null) ThreadPool.UnsafeQueueUserWorkItem(static all => all.ForEach(call => call()), calls, preferLocal: false);
    }

    private List<Action>? Settle(Instant now)
    {
        Send(now);
        List<Action>? calls = null;
        while (_core.TryTakeEvent(out var found))
        {
            calls ??= [];
            if (found.Target is not { } target) calls.Add(() => NodeFound?.Invoke(found.Peer.Address));
            else if (_watches.TryGetValue(target, out var watches)) calls.AddRange(watches.Select(watch => (Action)(() => watch(found.Peer))));
        }

        Schedule(now);
        return calls;
    }

    private void Send(Instant now)
    {
        while (_core.TryTakeDatagram(now, out var index, out var datagram))
        {
            if (_links.TryGetValue(index, out var link)) link.Send(datagram);
        }
    }

    private void Schedule(Instant now)
    {
        var next = _core.NextTimeout;
        if (next >= _wakesAt) return;
        _wakesAt = next;
        var wait = next <= now ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Min(int.MaxValue, Math.Ceiling((next - now).TotalMilliseconds)));
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private void HandleTimer() => Enter((core, now) =>
    {
        _wakesAt = Instant.Never;
        core.HandleTimeout(now);
    });

    private void HandleNetworkChange(object? sender, EventArgs args) => Scan();

    private void Scan()
    {
        var cards = LanInterface.List(_options.IsLoopbackOnly, _options.MaxInterfaces);
        Enter((core, now) =>
        {
            foreach (var index in _links.Keys.Except(cards.Select(card => card.Index)).ToArray()) Close(index);
            foreach (var card in cards)
            {
                if (_links.TryGetValue(card.Index, out var known) && known.Card.IsSameAs(card)) continue;
                Open(card, now);
            }
        });
    }

    private void Open(LanInterface card, Instant now)
    {
        Close(card.Index);
        if (OpenSockets(card) is not { Length: > 0 } sockets) return;
        _refused.Remove(card.Index);
        LogUsing(_options.Logger, card.Name);
        _links[card.Index] = new Link(card, sockets);
        _core.SetLink(card.Index, card.Addresses, now);
        foreach (var socket in sockets) _ = socket.ReceiveAsync((bytes, from) => Receive(card.Index, bytes, from));
    }

    private MulticastSocket[] OpenSockets(LanInterface card)
    {
        var sockets = new List<MulticastSocket>();
        foreach (var family in card.Addresses.Select(address => address.AddressFamily).Distinct())
        {
            if (MulticastSocket.TryOpen(card, family, _options.Port, out var error) is { } socket) sockets.Add(socket);
            else if (_refused.Add(card.Index)) LogRefused(_options.Logger, card.Name, error!.SocketErrorCode);
        }

        return [.. sockets];
    }

    private void Close(int index)
    {
        if (!_links.Remove(index, out var link)) return;
        link.Dispose();
        _core.RemoveLink(index);
    }

    private void Receive(int index, ReadOnlySpan<byte> datagram, UdpAddress from)
    {
        List<Action>? calls;
        lock (_gate)
        {
            if (_isClosed) return;
            var now = Now();
            _core.Receive(index, datagram, from, now);
            calls = Settle(now);
        }

        calls?.ForEach(call => call());
    }

    [LoggerMessage(8501, LogLevel.Debug, "Multicast DNS on {Interface}")]
    private static partial void LogUsing(ILogger logger, string @interface);

    [LoggerMessage(8502, LogLevel.Information, "Multicast DNS is not to be had on {Interface}: {Error}. Peers on that network are found through the internet only.")]
    private static partial void LogRefused(ILogger logger, string @interface, SocketError error);

    private sealed class Link(LanInterface card, MulticastSocket[] sockets) : IDisposable
    {
        public LanInterface Card => card;

        public void Send(LanDatagram datagram)
        {
            foreach (var socket in sockets)
            {
                if (datagram.To is null || datagram.To.Value.IsIPv4 == socket.IsIPv4) socket.Send(datagram.Bytes, datagram.To);
            }
        }

        public void Dispose()
        {
            foreach (var socket in sockets) socket.Dispose();
        }
    }

    private sealed class Ending(Action end) : IDisposable
    {
        private int _hasEnded;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _hasEnded, 1) == 0) end();
        }
    }
}
