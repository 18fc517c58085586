using Nashi.Cryptography;
using Nashi.Dht.Connecting;
using Nashi.Dht.Rpc;
using Nashi.Encoding;

namespace Nashi.Dht.Records;

/// <summary>What a persistent node stores for others, and how it answers about it. Pure. Source: network.md §3.2.</summary>
/// <remarks>Everything is verified before it is stored. What is malformed or badly signed gets no answer.</remarks>
internal sealed class RecordKeeper
{
    private const int MaxBumpDriftMs = 60_000;

    private readonly RecordLimits _limits;
    private readonly AnnounceStore _topics;
    private readonly ValueStore _selfRecords;
    private readonly ValueStore _mutables;
    private readonly ValueStore _immutables;
    private readonly ValueStore _bumps;
    private readonly ValueStore _refreshes;
    private readonly Dictionary<Bytes32, byte[]> _local = [];

    /// <summary>Starts empty.</summary>
    public RecordKeeper(RecordLimits limits, IRandom random)
    {
        _limits = limits;
        _topics = new(limits, random);
        var announcements = limits with { Values = limits.Announcements, ValuesPerHost = limits.AnnouncementsPerHost, ValueAge = limits.AnnouncementAge };
        _selfRecords = new(announcements, random);
        _bumps = new(announcements, random);
        _refreshes = new(announcements, random);
        _mutables = new(limits, random);
        _immutables = new(limits, random);
        Forwards = new(limits.Announcements, limits.AnnouncementAge);
    }

    /// <summary>Where servers announced themselves from: what handshakes are passed on to.</summary>
    public ForwardTable Forwards { get; }

    /// <summary>How many records are stored.</summary>
    public int Count => _topics.Count + _selfRecords.Count + _mutables.Count + _immutables.Count;

    /// <summary>Sets, or with null removes, the record of a server that lives at this node.</summary>
    public void SetLocal(Bytes32 target, byte[]? record)
    {
        if (record is null) _local.Remove(target);
        else _local[target] = record;
    }

    /// <summary>Answers a request about records.</summary>
    /// <returns>Null for no answer.</returns>
    public RpcAnswer? Handle(InboundRequest request, Bytes32 ownId, ulong unixMilliseconds, Instant now)
    {
        if (request.Message.Target is not { } target) return null;
        return request.Message.Command switch
        {
            DhtCommand.FindPeer => Found(SelfRecord(target, now)),
            DhtCommand.Lookup => Lookup(target, now),
            DhtCommand.Announce => Announce(request, target, ownId, unixMilliseconds, now),
            DhtCommand.Unannounce => Unannounce(request, target, ownId),
            DhtCommand.MutableGet => MutableGet(request, target, now),
            DhtCommand.MutablePut => MutablePut(request, target, now),
            DhtCommand.ImmutableGet => Found(_immutables.Find(target, now)),
            DhtCommand.ImmutablePut => ImmutablePut(request, target, now),
            _ => null,
        };
    }

    private static RpcAnswer Found(byte[]? value) => new() { Value = value, WithToken = true, WithCloser = true };

    private byte[]? SelfRecord(Bytes32 target, Instant now) => _local.GetValueOrDefault(target) ?? _selfRecords.Find(target, now);

    private RpcAnswer Lookup(Bytes32 target, Instant now)
    {
        var records = _topics.Sample(target, LookupAnswer.MaxPeers, now);
        if (records.Count < LookupAnswer.MaxPeers && SelfRecord(target, now) is { } self) records.Add(self);
        return Found(records.Count == 0 ? null : LookupAnswer.Encode(records, Bump(target, now)));
    }

    private ulong Bump(Bytes32 target, Instant now) => _bumps.Find(target, now) is { } stored ? BitConverter.ToUInt64(stored) : 0;

    private RpcAnswer? Announce(InboundRequest request, Bytes32 target, Bytes32 ownId, ulong unixMilliseconds, Instant now)
    {
        if (request.Message is not { Token: { } token, Value: { } value } || !AnnounceMessage.TryDecode(value, out var message)) return null;
        if (message.Peer is not { } peer) return message.Refresh is { } preimage ? Refresh(request, target, preimage, now) : null;
        if (!message.IsSigned(false, target, ownId, token)) return null;
        if (peer.RelayAddresses.Count > PeerRecord.MaxRelays) peer = peer with { RelayAddresses = [.. peer.RelayAddresses.Take(PeerRecord.MaxRelays)] };
        if (!Store(request, target, peer, now)) return null;
        var isNewer = message.Bump > Bump(target, now) && message.Bump <= unixMilliseconds + MaxBumpDriftMs;
        if (isNewer) _bumps.Set(target, BitConverter.GetBytes(message.Bump), request.From, now);
        if (message.Refresh is { } refresh) _refreshes.Set(refresh, [.. target.AsSpan(), .. peer.Encode()], request.From, now);
        return new RpcAnswer();
    }

    private bool Store(InboundRequest request, Bytes32 target, PeerRecord peer, Instant now)
    {
        var key = peer.PublicKey.Value;
        if (Blake2b.Hash(key.AsSpan()) != target) return _topics.Add(target, key, peer.Encode(), request.From, now);
        _topics.Remove(target, key);
        if (!_selfRecords.Set(target, peer.Encode(), request.From, now)) return false;
        Forwards.Set(target, request.From, now);
        return true;
    }

    private RpcAnswer? Refresh(InboundRequest request, Bytes32 target, Bytes32 preimage, Instant now)
    {
        var hash = Blake2b.Hash(preimage.AsSpan());
        if (_refreshes.Find(hash, now) is not { } stored || !stored.AsSpan(0, Bytes32.Size).SequenceEqual(target.AsSpan())) return null;
        if (!PeerRecord.TryDecode(stored.AsSpan(Bytes32.Size), out var peer) || !Store(request, target, peer, now)) return null;
        _refreshes.Remove(hash);
        _refreshes.Set(preimage, stored, request.From, now);
        return new RpcAnswer();
    }

    private RpcAnswer? Unannounce(InboundRequest request, Bytes32 target, Bytes32 ownId)
    {
        if (request.Message is not { Token: { } token, Value: { } value } || !AnnounceMessage.TryDecode(value, out var message)) return null;
        if (!message.IsSigned(true, target, ownId, token)) return null;
        var key = message.Peer!.PublicKey.Value;
        if (Blake2b.Hash(key.AsSpan()) == target)
        {
            _selfRecords.Remove(target);
            Forwards.Remove(target);
        }

        _topics.Remove(target, key);
        return new RpcAnswer();
    }

    private RpcAnswer? MutableGet(InboundRequest request, Bytes32 target, Instant now)
    {
        var reader = new CompactReader(request.Message.Value);
        if (request.Message.Value is null || !reader.TryReadUInt(out var wanted)) return null;
        var stored = _mutables.Find(target, now);
        var isLateEnough = stored is not null && MutableValue.TryDecode(stored, out var value) && value.Sequence >= wanted;
        return Found(isLateEnough ? stored : null);
    }

    private RpcAnswer? MutablePut(InboundRequest request, Bytes32 target, Instant now)
    {
        if (request.Message is not { Token: not null, Value: { } bytes } || !MutableValue.TryDecodePut(bytes, out var key, out var value)) return null;
        if (value.Value.Length > _limits.ValueSize || Blake2b.Hash(key.Value.AsSpan()) != target || !value.IsSignedBy(key)) return null;
        if (_mutables.Find(target, now) is { } stored && MutableValue.TryDecode(stored, out var known))
        {
            if (value.Sequence < known.Sequence) return new RpcAnswer { Error = RpcError.SequenceTooLow, WithCloser = true };
            var isOther = value.Sequence == known.Sequence && !value.Value.AsSpan().SequenceEqual(known.Value);
            if (isOther) return new RpcAnswer { Error = RpcError.SequenceReused, WithCloser = true };
        }

        return _mutables.Set(target, value.Encode(), request.From, now) ? Found(null) : null;
    }

    private RpcAnswer? ImmutablePut(InboundRequest request, Bytes32 target, Instant now)
    {
        if (request.Message is not { Token: not null, Value: { } value } || value.Length > _limits.ValueSize || Blake2b.Hash(value) != target) return null;
        return _immutables.Set(target, value, request.From, now) ? Found(null) : null;
    }
}
