using System.Runtime.InteropServices;
using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Dht.Routing;
using Nashi.Dht.Rpc;
using Nashi.Encoding;

namespace Nashi.Dht.Queries;

/// <summary>Asks nodes ever nearer to a target until the nearest have answered, and then has them store something if wanted.</summary>
/// <remarks>
/// Pure; driven by the answers to its requests. Each address is asked once, at most <see cref="MaxVisits"/> of them, and of one public host a few ports.
/// Of one public /24 network at most four nodes count among the closest and of one /16 eight, so that a handful of machines cannot take a topic over.
/// When the closest are closer than chance would have it, the wider neighbourhood is asked as well. Source: network.md §2.10, threats.md §3 rows 7, 8.
/// </remarks>
internal sealed partial class Query
{
    /// <summary>How many nodes are asked at most.</summary>
    public const int MaxVisits = 1000;

    private const int MaxPer24 = 4;
    private const int MaxPer16 = 8;
    private const int MaxPerHost = 8;
    private const int MaxPending = 2000;

    private readonly IQueryHost _host;
    private readonly QueryOptions _options;
    private readonly HashSet<UdpAddress> _seen = [];
    private readonly Dictionary<UdpAddress, UdpAddress> _referrers = [];
    private readonly SortedSet<Candidate> _candidates;
    private readonly Dictionary<uint, int> _askedPerHost = [];
    private readonly List<RpcReply> _closest = [];
    private int _visits;
    private int _inflight;
    private int _slow;
    private int _answers;
    private int _committed;
    private int _commits;
    private ulong _commitError;
    private bool _bootstrapAsked;
    private Instant _now;
    private Phase _phase;

    /// <summary>Makes a query; <see cref="Start"/> starts it.</summary>
    public Query(IQueryHost host, QueryOptions options)
    {
        (_host, _options) = (host, options);
        _candidates = new(Comparer<Candidate>.Create(CompareCandidates));
    }

    private enum Phase
    {
        Asking,
        LookingAround,
        Committing,
        Done,
    }

    /// <summary>Whether it has ended.</summary>
    public bool IsDone => _phase == Phase.Done;

    /// <summary>Asks the first nodes.</summary>
    public void Start(Instant now)
    {
        _now = now;
        foreach (var seed in _options.Seeds) AddCandidate(seed, null);
        if (_candidates.Count < RoutingTable.K)
        {
            foreach (var known in _host.Known(_options.Target, RoutingTable.K)) AddCandidate(known, null);
        }

        if (_candidates.Count < RoutingTable.K) AskBootstrap();
        Advance(now);
    }

    /// <summary>Ends it now, with what it has, and stores nothing.</summary>
    public void Cancel()
    {
        if (_phase == Phase.Done) return;
        Finish();
        foreach (var scout in _scouts) scout.Cancel();
    }

    private void AskBootstrap()
    {
        _bootstrapAsked = true;
        foreach (var address in _host.Bootstrap) AddCandidate(address, null);
    }

    private void AddCandidate(UdpAddress address, UdpAddress? referrer)
    {
        if (address.Port == 0 || _candidates.Count >= MaxPending || _host.IsOwn(address)) return;
        if (referrer is { } from && !AddressScope.MayForward(from, address)) return;
        if (!AddressScope.IsBogon(address) && _askedPerHost.GetValueOrDefault(address.IPv4) >= MaxPerHost) return;
        if (!_seen.Add(address)) return;
        CollectionsMarshal.GetValueRefOrAddDefault(_askedPerHost, address.IPv4, out _)++;
        if (referrer is { } named) _referrers[address] = named;
        _candidates.Add(new(NodeId.Of(address), address));
    }

    private void Advance(Instant now)
    {
        _now = now;
        if (_phase != Phase.Asking) return;
        while (_inflight < _options.Concurrency + _slow && _visits < MaxVisits && _candidates.Min is { Id: var id } next && _candidates.Count > 0)
        {
            _candidates.Remove(next);
            if (!IsNearer(id)) _candidates.Clear(); // Nearest first: the rest is further still.
            else if (_options.MayVisit?.Invoke(id) != false) Visit(next, now);
        }

        if (_inflight == 0 || (_inflight == _slow && _closest.Count >= RoutingTable.K && _candidates.Count == 0)) EndAsking(now);
    }

    private bool IsNearer(in Bytes32 id) =>
        _closest.Count < RoutingTable.K || NodeId.CompareDistance(_options.Target, id, _closest[^1].FromId!.Value) < 0;

    private void Visit(Candidate candidate, Instant now)
    {
        var isSlow = false;
        _visits++;
        _inflight++;
        _host.Send(
            new RpcCall
            {
                To = candidate.Address,
                IsInternal = _options.IsInternal,
                Command = _options.Command,
                Target = _options.Target,
                Value = _options.Value,
                Retries = _options.Retries,
                Slow = at =>
                {
                    isSlow = true;
                    _slow++;
                    Advance(at);
                },
                Done = (reply, at) =>
                {
                    _inflight--;
                    if (isSlow) _slow--;
                    if (reply is null) HandleSilence(candidate.Address, at);
                    else HandleReply(reply);
                    Advance(at);
                },
            },
            now);
    }

    private void HandleSilence(UdpAddress address, Instant now)
    {
        if (_referrers.TryGetValue(address, out var referrer)) _host.HintDown(address, referrer, now);
    }

    private void HandleReply(RpcReply reply)
    {
        if (_phase != Phase.Asking) return;
        _answers++;
        if (reply.Error == RpcError.None && reply.FromId is { } id && IsNearer(id)) Insert(reply, id);
        foreach (var closer in reply.Response.Closer) AddCandidate(closer, reply.From);
        if (reply.Error == RpcError.None) _options.Replied?.Invoke(reply);
    }

    private void Insert(RpcReply reply, Bytes32 id)
    {
        if (FarthestOfCrowd(reply.From) is { } rival)
        {
            // Its network has its share: the nearer of the two stays.
            if (NodeId.CompareDistance(_options.Target, id, rival.FromId!.Value) >= 0) return;
            _closest.Remove(rival);
        }

        var at = _closest.FindIndex(other => NodeId.CompareDistance(_options.Target, id, other.FromId!.Value) < 0);
        _closest.Insert(at < 0 ? _closest.Count : at, reply);
        if (_closest.Count > RoutingTable.K) _closest.RemoveAt(RoutingTable.K);
    }

    private RpcReply? FarthestOfCrowd(UdpAddress address)
    {
        if (AddressScope.IsBogon(address)) return null;
        var (near, far) = (0, 0);
        RpcReply? nearLast = null, farLast = null;
        foreach (var other in _closest)
        {
            if (other.From.IPv4 >> 16 != address.IPv4 >> 16) continue;
            (far, farLast) = (far + 1, other);
            if (other.From.IPv4 >> 8 == address.IPv4 >> 8) (near, nearLast) = (near + 1, other);
        }

        return near >= MaxPer24 ? nearLast : far >= MaxPer16 ? farLast : null;
    }

    private void EndAsking(Instant now)
    {
        if (_closest.Count == 0 && !_bootstrapAsked)
        {
            AskBootstrap();
            if (_candidates.Count > 0)
            {
                Advance(now);
                return;
            }
        }

        if (!_options.MayWiden || !IsSuspicious()) EndSearch(now);
        else if (!_host.Size.IsFresh(now)) LookElsewhere(now);
        else if (_host.Size.Estimate > 0) LookAround(now);
        else EndSearch(now);
    }

    private void EndSearch(Instant now)
    {
        _phase = Phase.Committing;
        if (_options.Commit is { } commit) Store(commit, now);
        if (_commits == 0) Finish();
    }

    private void Store(Func<RpcReply, QueryCommit?> commit, Instant now)
    {
        foreach (var reply in _closest.Concat(_around))
        {
            if (reply.Token is not { } token || commit(reply) is not { } wanted) continue;
            _commits++;
            _host.Send(
                new RpcCall { To = reply.From, Command = wanted.Command, Target = _options.Target, Value = wanted.Value, Token = token, Done = (answer, _) => HandleCommit(answer) },
                now);
        }
    }

    private void HandleCommit(RpcReply? answer)
    {
        _commits--;
        if (answer is { Error: RpcError.None }) _committed++;
        else if (answer is not null) _commitError = answer.Error;
        if (_commits == 0 && _phase == Phase.Committing) Finish();
    }

    private void Finish()
    {
        _phase = Phase.Done;
        _candidates.Clear();
        _options.Finished(new(_closest, _answers, _committed, _commitError) { Around = _around, At = _now });
    }

    private int CompareCandidates(Candidate a, Candidate b)
    {
        var distance = NodeId.CompareDistance(_options.Target, a.Id, b.Id);
        return distance != 0 ? distance : a.Address.Port.CompareTo(b.Address.Port);
    }

    private sealed record Candidate(Bytes32 Id, UdpAddress Address);
}
