using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht.Queries;
using Nashi.Dht.Records;
using Nashi.Dht.Rpc;
using Nashi.Encoding;
using Nashi.Simulation.Engine;

namespace Nashi.Simulation.Nodes;

/// <summary>One look-up, watched: whether it found what it looked for, when, and over how many hops.</summary>
internal sealed class Search(Net net, Bytes32 topic, PublicKey wanted)
{
    private readonly Dictionary<UdpAddress, int> _hops = [];
    private Instant _startedAt;
    private ulong _command;
    private Query? _query;

    public bool IsDone { get; private set; }

    public bool IsFound { get; private set; }

    /// <summary>How many answers led to each other from a node known before to the first that had it.</summary>
    public int HopsToFirst { get; private set; }

    /// <summary>How many to the nearest node of all.</summary>
    public int HopsToNearest { get; private set; }

    public TimeSpan TimeToFirst { get; private set; }

    public TimeSpan Time { get; private set; }

    public int Requests { get; private set; }

    /// <summary>Starts at a node.</summary>
    /// <param name="node">Who searches.</param>
    /// <param name="done">Told at the end.</param>
    /// <param name="widens">Whether it looks around where the nearest are a crowd.</param>
    /// <param name="isServer">Whether a server is looked for by its key: then the first answer that has it is enough.</param>
    public Search From(NodeHost node, Action<Search>? done = null, bool widens = true, bool isServer = false)
    {
        (_startedAt, _command) = (net.Now, isServer ? DhtCommand.FindPeer : DhtCommand.Lookup);
        var before = node.Core.Rpc.Counters.Sent;
        _query = node.Ask(new QueryOptions
        {
            Target = topic,
            Command = _command,
            MayWiden = widens,
            Replied = Note,
            Finished = outcome =>
            {
                IsDone = true;
                Requests = (int)(node.Core.Rpc.Counters.Sent - before);
                if (outcome.Closest.Count > 0) HopsToNearest = _hops.GetValueOrDefault(outcome.Closest[0].From, 1);
                Time = net.Now - _startedAt;
                done?.Invoke(this);
            },
        });
        return this;
    }

    private void Note(RpcReply reply)
    {
        var hops = _hops.GetValueOrDefault(reply.From, 1);
        _hops[reply.From] = hops;
        foreach (var closer in reply.Response.Closer) _hops.TryAdd(closer, hops + 1);
        if (IsFound || reply.Value is not { } value || !Names(value)) return;
        (IsFound, HopsToFirst, TimeToFirst) = (true, hops, net.Now - _startedAt);
        if (_command == DhtCommand.FindPeer) _query?.Cancel();
    }

    private bool Names(byte[] value) => _command == DhtCommand.FindPeer
        ? PeerRecord.TryDecode(value, out var record) && record.PublicKey == wanted
        : LookupAnswer.TryDecode(value, out var answer) && answer.Peers.Any(peer => peer.PublicKey == wanted);
}
