using Nashi.BlindPeer.Messages;
using Nashi.Dht;
using Nashi.Encoding;
using Nashi.Hypercore;
using Nashi.Protomux.Rpc;

namespace Nashi.BlindPeer;

/// <summary>Asks blind peers to keep cores available while we are away. Wire compatible with <c>blind-peering</c>.</summary>
/// <remarks>
/// Every core or group goes to the few blind peers whose keys are closest to it, so that all who share it choose the same. Connections are kept while something
/// is asked, and made anew when lost; the whole store is replicated over them, so what others left there comes too. Blind peers see keys, lengths and times, and
/// blocks as they are: encrypt what they must not read. The node and the store are borrowed. Thread-safe. Source: data.md §10.3.
/// </remarks>
public sealed class BlindPeering : IAsyncDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WaitInterval = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly Dictionary<PublicKey, BlindLink> _links = [];
    private readonly HashSet<BlindRequest> _requests = [];
    private readonly ITimer _timer;
    private IReadOnlyList<PublicKey> _peers;
    private volatile bool _isSuspended;
    private bool _isDisposed;

    /// <summary>Makes one.</summary>
    public BlindPeering(DhtNode dht, Corestore store, BlindPeeringOptions options)
        : this(new DhtBlindDialer(dht, options), store, options)
    {
    }

    internal BlindPeering(IBlindDialer dialer, Corestore store, BlindPeeringOptions options)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Pick);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxBatch);
        (Dialer, Store, Options, _peers) = (dialer, store, options, options.Peers);
        dialer.Changed += WakeAll;
        _timer = options.Clock.CreateTimer(static peering => ((BlindPeering)peering!).Look(), this, LookInterval, LookInterval);
    }

    /// <summary>Raised on any thread when a blind peer came or went, or said that it holds more or less. Handlers must return soon.</summary>
    public event Action<BlindPeering>? Changed;

    /// <summary>How it stands with every blind peer that something was asked of.</summary>
    public IReadOnlyList<BlindPeerState> Peers => [.. Links().Select(link => link.State)];

    /// <summary>Whether it is suspended.</summary>
    public bool IsSuspended => _isSuspended;

    internal IBlindDialer Dialer { get; }

    internal Corestore Store { get; }

    internal BlindPeeringOptions Options { get; }

    /// <summary>Sets which blind peers there are; what is asked moves to those that are chosen now.</summary>
    public void SetPeers(IReadOnlyList<PublicKey> peers)
    {
        ArgumentNullException.ThrowIfNull(peers);
        lock (_gate) _peers = [.. peers];
        Rebalance();
    }

    /// <summary>Asks that a core be kept. Ends when the request is disposed or the session closed.</summary>
    public BlindRequest Add(Core core, BlindCoreOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(core);
        options ??= BlindCoreOptions.Default;
        var group = new BlindGroup
        {
            Target = options.Target ?? core.Key,
            Referrer = options.Referrer,
            Priority = options.Priority,
            Announce = options.Announce,
            Cores = () => [BlindCore.Of(core)],
        };
        return Add(new BlindRequest(this, group, core));
    }

    /// <summary>Asks that the cores of a group be kept, those included that come to it later: see <see cref="BlindRequest.Update"/>.</summary>
    public BlindRequest Add(BlindGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        return Add(new BlindRequest(this, group with { Referrer = group.Referrer ?? group.Target }, null));
    }

    /// <summary>What each blind peer said that it holds of a core that it was asked to keep.</summary>
    public IReadOnlyList<BlindCopy> GetCopies(CoreKey core)
    {
        Look();
        return [.. Links().Select(link => link.CopyOf(core)).OfType<BlindCopy>()];
    }

    /// <summary>How many blind peers said that they hold a block, now or when they were last connected.</summary>
    public int CountHolders(CoreKey core, ulong block) => Links().Count(link => link.Holds(core, block));

    /// <summary>Waits until so many blind peers said that they hold a block.</summary>
    public async ValueTask HeldAsync(CoreKey core, ulong block, int holders = 1, CancellationToken cancellationToken = default)
    {
        while (CountHolders(core, block) < holders) await Task.Delay(WaitInterval, Options.Clock, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks blind peers to give a core up: those that are chosen for its key, and all that are connected. Each decides whether we may.</summary>
    /// <returns>How many gave it up.</returns>
    /// <exception cref="NashiException">None did, and this is why one did not.</exception>
    public async ValueTask<int> DeleteAsync(CoreKey core, CoreKey? target = null, CancellationToken cancellationToken = default)
    {
        BlindLink[] asked;
        lock (_gate)
        {
            var chosen = BlindChoice.Choose((target ?? core).Value, _peers, Options.Pick, static _ => false);
            asked = [.. chosen.Select(LinkTo).Union(_links.Values.Where(static link => link.State.IsConnected))];
        }

        var answers = await Task.WhenAll(asked.Select(link => DeleteAsync(link, core, cancellationToken))).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        var deleted = answers.Count(static answer => answer.IsDeleted);
        if (deleted == 0 && answers.Select(static answer => answer.Error).FirstOrDefault(static error => error is not null) is { } error)
            throw new BlindPeerException("BLIND_PEER_REFUSED", $"No blind peer gave up {core}: {error.Message}", inner: error);
        return deleted;
    }

    /// <summary>Has a blind peer sign what it holds of a core, and prove it with blocks chosen at random of those that are here.</summary>
    /// <param name="peer">Which; connected to where needed.</param>
    /// <param name="core">The core.</param>
    /// <param name="blocks">How many blocks it must show, 16 at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BlindPeerException">It does not hold what it says (BLIND_PEER_AUDIT_FAILED), or does not know how to tell, as those of the reference (BLIND_PEER_UNSUPPORTED).</exception>
    /// <exception cref="RpcException">It does not keep the core, or did not answer.</exception>
    public async ValueTask<BlindReceipt> AuditAsync(PublicKey peer, Core core, int blocks = 4, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(core);
        ArgumentOutOfRangeException.ThrowIfNegative(blocks);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(blocks, ReceiptRequest.MaxBlocks);
        BlindLink link;
        lock (_gate) link = LinkTo(peer);
        var audit = new BlindAudit(core, Options);
        var request = audit.Ask(blocks);
        try
        {
            var answer = await link.AskAsync(BlindPeerMethods.Receipt, request, cancellationToken).ConfigureAwait(false);
            return await audit.CheckAsync(peer, Dialer.PublicKey, request, answer, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcRemoteException error) when (error.Code == RpcErrorCodes.UnknownMethod)
        {
            throw new BlindPeerException("BLIND_PEER_UNSUPPORTED", $"The blind peer {peer} gives no receipts.", inner: error);
        }
    }

    /// <summary>Closes all connections until <see cref="Resume"/>.</summary>
    public void Suspend()
    {
        _isSuspended = true;
        WakeAll();
    }

    /// <summary>Connects again.</summary>
    public void Resume()
    {
        _isSuspended = false;
        WakeAll();
    }

    /// <summary>Closes all connections; blind peers keep what they have. Idempotent.</summary>
    public async ValueTask DisposeAsync()
    {
        BlindLink[] links;
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            links = [.. _links.Values];
            _requests.Clear();
        }

        Dialer.Changed -= WakeAll;
        await _timer.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(links.Select(static link => link.DisposeAsync().AsTask())).ConfigureAwait(false);
        (Dialer as IDisposable)?.Dispose();
    }

    internal IReadOnlyList<PublicKey> PeersOf(BlindRequest request) => [.. Links().Where(link => link.Has(request)).Select(static link => link.Peer)];

    internal void Update(BlindRequest request)
    {
        foreach (var link in Links().Where(link => link.Has(request))) link.Wake();
    }

    internal void Remove(BlindRequest request)
    {
        lock (_gate) _ = _requests.Remove(request);
        foreach (var link in Links()) link.Remove(request);
    }

    internal void Rebalance()
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            foreach (var request in _requests) Place(request);
        }
    }

    internal void RaiseChanged() => Changed?.Invoke(this);

    private static async Task<(bool IsDeleted, Exception? Error)> DeleteAsync(BlindLink link, CoreKey core, CancellationToken cancellationToken)
    {
        try
        {
            return (await link.AskAsync(BlindPeerMethods.DeleteCore, core, cancellationToken).ConfigureAwait(false), null);
        }
        catch (Exception error) when (error is NashiException or OperationCanceledException)
        {
            return (false, error);
        }
    }

    private BlindRequest Add(BlindRequest request)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _ = _requests.Add(request);
            Place(request);
        }

        return request;
    }

    private void Place(BlindRequest request)
    {
        var chosen = BlindChoice.Choose(request.Target.Value, _peers, Options.Pick, peer => _links.TryGetValue(peer, out var link) && link.IsDown);
        foreach (var link in _links.Values.Where(link => !chosen.Contains(link.Peer))) link.Remove(request);
        foreach (var peer in chosen) LinkTo(peer).Add(request);
    }

    // Call under the lock.
    private BlindLink LinkTo(PublicKey peer)
    {
        if (!_links.TryGetValue(peer, out var link)) _links.Add(peer, link = new BlindLink(this, peer));
        return link;
    }

    private BlindLink[] Links()
    {
        lock (_gate) return [.. _links.Values];
    }

    private void WakeAll()
    {
        foreach (var link in Links()) link.Wake();
    }

    private void Look()
    {
        var changed = false;
        foreach (var link in Links()) changed |= link.Refresh();
        if (changed) RaiseChanged();
    }
}
