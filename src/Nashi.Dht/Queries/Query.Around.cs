using System.Numerics;
using Nashi.Datagrams;
using Nashi.Dht.Routing;
using Nashi.Dht.Rpc;
using Nashi.Encoding;

namespace Nashi.Dht.Queries;

/// <content>
/// What a query does when somebody crowds round its target. Every node names the twenty nearest it knows: near the target these are the crowd, and
/// honest nodes are no longer heard of. Near other points of the neighbourhood, drawn at random, they still are: scouts look for those, and whom they
/// find in the neighbourhood is asked and stored at as well. Costs nothing while the nearest are as near as chance has them.
/// </content>
internal sealed partial class Query
{
    private const int MaxAround = 96;

    // A scout begins with so many that its node knows: those nearest to its point may all be of the crowd.
    private const int ScoutSeeds = 4 * RoutingTable.K;

    // How many bits beyond the neighbourhood's the points of the scouts share with the target. Sharing exactly so many, a point has a part of the
    // neighbourhood nearer than the crowd.
    private static readonly int[] Depths = [0, 0, 1, 1, 2];

    // Besides the twenty nearest, so many honest nodes at least are to be expected in the neighbourhood.
    private const double Neighbours = 1.25 * RoutingTable.K;

    private readonly List<Query> _scouts = [];
    private readonly HashSet<UdpAddress> _found = [];
    private readonly List<RpcReply> _around = [];
    private int _scoutsOut;
    private int _aroundAsked;

    // Who knows no size yet, being one of the first, knows nothing of crowds either.
    private bool IsSuspicious() => (_host.Size.Estimate <= 0 && _closest.Count >= RoutingTable.K) || _host.Size.IsCrowded(_options.Target, [.. _closest.Select(reply => reply.FromId!.Value)]);

    // Perhaps the network has grown since we knew its size: then the nearest are as near everywhere.
    private void LookElsewhere(Instant now)
    {
        _phase = Phase.LookingAround;
        var point = NodeId.RandomNear(_options.Target, 0, _host.Random);
        var scout = new Query(_host, new QueryOptions
        {
            Target = point,
            IsInternal = true,
            Command = InternalCommand.FindNode,
            Retries = _options.Retries,
            Concurrency = _options.Concurrency,
            Seeds = _host.Known(point, ScoutSeeds),
            MayVisit = new CrowdLimit(_options.Target, _host.Size.Estimate).MayPass,
            MayWiden = false,
            Finished = outcome =>
            {
                _host.Size.Check(point, outcome.Ids, outcome.At);
                if (_phase != Phase.LookingAround) return;
                if (_host.Size.Estimate > 0 && IsSuspicious()) LookAround(outcome.At);
                else EndSearch(outcome.At);
            },
        });
        _scouts.Add(scout);
        scout.Start(now);
    }

    private void LookAround(Instant now)
    {
        _phase = Phase.LookingAround;
        var sharedBits = Math.Max(0, BitOperations.Log2((uint)Math.Max(1, _host.Size.Estimate / Neighbours)));
        foreach (var known in _host.Known(_options.Target, ScoutSeeds)) NoteNeighbour(known, NodeId.Of(known), sharedBits);
        _scoutsOut = Depths.Length;
        var limit = new CrowdLimit(_options.Target, _host.Size.Estimate);
        Query[] scouts = [.. Depths.Select(depth => MakeScout(PointNear(_options.Target, sharedBits + depth), sharedBits, limit))];
        _scouts.AddRange(scouts);
        foreach (var scout in scouts) scout.Start(now);
    }

    private Query MakeScout(Bytes32 point, int sharedBits, CrowdLimit limit) => new(_host, new QueryOptions
    {
        Target = point,
        IsInternal = true,
        Command = InternalCommand.FindNode,
        Retries = _options.Retries,
        Concurrency = _options.Concurrency / 2,
        Seeds = _host.Known(point, ScoutSeeds),
        MayVisit = limit.MayPass,
        MayWiden = false,
        Finished = outcome => HandleScout(outcome, sharedBits, outcome.At),
    });

    private void NoteNeighbour(UdpAddress address, in Bytes32 id, int sharedBits)
    {
        if (NodeId.SharedBits(id, _options.Target) >= sharedBits) _found.Add(address);
    }

    // Shares exactly so many bits with the target.
    private Bytes32 PointNear(in Bytes32 target, int sharedBits)
    {
        Span<byte> other = stackalloc byte[Bytes32.Size];
        target.AsSpan().CopyTo(other);
        other[sharedBits / 8] ^= (byte)(0x80 >> (sharedBits % 8));
        return NodeId.RandomNear(new Bytes32(other), sharedBits + 1, _host.Random);
    }

    private void HandleScout(QueryOutcome outcome, int sharedBits, Instant now)
    {
        foreach (var reply in outcome.Closest) NoteNeighbour(reply.From, reply.FromId!.Value, sharedBits);
        if (--_scoutsOut == 0 && _phase == Phase.LookingAround) AskAround(now);
    }

    private void AskAround(Instant now)
    {
        var asked = PickAround();
        _aroundAsked = asked.Count;
        foreach (var address in asked)
        {
            _host.Send(
                new RpcCall
                {
                    To = address,
                    IsInternal = _options.IsInternal,
                    Command = _options.Command,
                    Target = _options.Target,
                    Value = _options.Value,
                    Retries = _options.Retries,
                    Done = HandleAround,
                },
                now);
        }

        if (_aroundAsked == 0) EndSearch(now);
    }

    // Nearest first, but of those that crowd only some.
    private List<UdpAddress> PickAround()
    {
        foreach (var reply in _closest) _found.Remove(reply.From);
        var picked = new List<UdpAddress>();
        var limit = new CrowdLimit(_options.Target, _host.Size.Estimate);
        foreach (var (address, id) in _found.Select(address => (address, Id: NodeId.Of(address))).OrderBy(found => NodeId.Distance(_options.Target, found.Id)))
        {
            if (picked.Count == MaxAround) break;
            if (limit.MayPass(id)) picked.Add(address);
        }

        return picked;
    }

    private void HandleAround(RpcReply? reply, Instant now)
    {
        _aroundAsked--;
        if (_phase != Phase.LookingAround) return;
        if (reply is { Error: RpcError.None, FromId: not null })
        {
            _answers++;
            _around.Add(reply);
            _options.Replied?.Invoke(reply);
        }

        if (_aroundAsked == 0) EndSearch(now);
    }
}
