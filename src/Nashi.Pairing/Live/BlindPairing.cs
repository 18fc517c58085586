using Nashi.Dht;
using Nashi.Encoding;
using Nashi.Protomux;

namespace Nashi.Pairing;

/// <summary>Lets those who hold an invite find members and be admitted, and members admit them. Wire compatible with <c>blind-pairing</c>. Thread-safe.</summary>
/// <remarks>
/// Members and candidates meet under the discovery key that the invite names; those that are never online together leave requests and answers in the
/// DHT. Who only sees the traffic learns neither who asks nor for what. Give it every connection of the swarm. Source: data.md §10.2.
/// </remarks>
public sealed class BlindPairing : IAsyncDisposable
{
    internal const string Protocol = "blind-pairing";

    private readonly Lock _gate = new();
    private readonly Dictionary<DiscoveryKey, PairingTopic> _topics = [];
    private readonly HashSet<Mux> _muxes = [];
    private bool _isDisposed;

    /// <summary>Pairs over a swarm, whose node serves for those that are offline. Both are borrowed.</summary>
    public BlindPairing(Swarm.Swarm swarm, DhtNode dht, BlindPairingOptions? options = null)
        : this(new SwarmPairingNetwork(swarm, dht, (options ?? BlindPairingOptions.Default).TimeProvider, (options ?? BlindPairingOptions.Default).Random), options)
    {
    }

    internal BlindPairing(IPairingNetwork network, BlindPairingOptions? options = null)
    {
        Network = network;
        Options = options ?? BlindPairingOptions.Default;
    }

    internal IPairingNetwork Network { get; }

    internal BlindPairingOptions Options { get; }

    /// <summary>Takes part on a connection until it ends. Idempotent.</summary>
    public void AddStream(Mux mux)
    {
        ArgumentNullException.ThrowIfNull(mux);
        PairingTopic[] topics;
        lock (_gate)
        {
            if (_isDisposed || !_muxes.Add(mux)) return;
            topics = [.. _topics.Values];
        }

        foreach (var topic in topics) topic.Attach(mux);
        _ = ForgetAsync(mux);
    }

    /// <summary>Answers requests of candidates until disposed.</summary>
    /// <param name="discoveryKey">Under which invites say members are found.</param>
    /// <param name="onRequest">Opens a request and answers it; may take its time. Repetitions that come meanwhile wait for the same answer.</param>
    /// <exception cref="InvalidOperationException">There is one for this key already.</exception>
    public PairingMember AddMember(DiscoveryKey discoveryKey, Func<MemberRequest, CancellationToken, ValueTask> onRequest)
    {
        ArgumentNullException.ThrowIfNull(onRequest);
        while (true)
        {
            // A topic that closed between finding and entering it is gone from the table.
            var topic = FindOrAdd(discoveryKey);
            var member = new PairingMember(topic, onRequest);
            if (!topic.TryEnter(member)) continue;
            member.Start();
            return member;
        }
    }

    /// <summary>Asks to be admitted until there is an answer, or it is disposed.</summary>
    /// <exception cref="InvalidOperationException">There is one for this key already.</exception>
    public PairingCandidate AddCandidate(CandidateRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        while (true)
        {
            var topic = FindOrAdd(request.DiscoveryKey);
            var candidate = new PairingCandidate(topic, request);
            if (!topic.TryEnter(candidate)) continue;
            candidate.Start();
            return candidate;
        }
    }

    /// <summary>Asks the DHT at once, for instance after the network changed.</summary>
    public void Refresh()
    {
        PairingTopic[] topics;
        lock (_gate) topics = [.. _topics.Values];
        foreach (var topic in topics) topic.Refresh();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        PairingTopic[] topics;
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            topics = [.. _topics.Values];
            _muxes.Clear();
        }

        foreach (var topic in topics) await topic.DisposeAsync().ConfigureAwait(false);
    }

    internal Mux[] ListMuxes()
    {
        lock (_gate) return [.. _muxes];
    }

    internal void Remove(PairingTopic topic)
    {
        lock (_gate)
        {
            if (_topics.GetValueOrDefault(topic.DiscoveryKey) == topic) _topics.Remove(topic.DiscoveryKey);
        }
    }

    private PairingTopic FindOrAdd(DiscoveryKey discoveryKey)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_topics.TryGetValue(discoveryKey, out var topic)) return topic;
            return _topics[discoveryKey] = new PairingTopic(this, discoveryKey);
        }
    }

    private async Task ForgetAsync(Mux mux)
    {
        _ = await mux.Closed.ConfigureAwait(false);
        lock (_gate) _muxes.Remove(mux);
    }
}
