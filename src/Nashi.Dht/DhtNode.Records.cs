using System.Runtime.CompilerServices;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht.Queries;
using Nashi.Dht.Records;
using Nashi.Dht.Rpc;
using Nashi.Encoding;

namespace Nashi.Dht;

/// <content>Looking up, announcing and storing.</content>
public sealed partial class DhtNode
{
    private static readonly byte[] AnySequence = [0];

    /// <summary>Asks one node whether it is there, once; null when it does not answer.</summary>
    public async ValueTask<DhtPing?> PingAsync(UdpAddress to, CancellationToken cancellationToken = default)
    {
        var (sent, came) = (Instant.Zero, Instant.Zero);
        var reply = await AskAsync(done => RpcCall.Ping(to, Timed(done), retries: 0), cancellationToken).ConfigureAwait(false);
        return reply is null ? null : new DhtPing(came - sent, reply.Seen, reply.FromId is not null);

        Action<RpcReply?, Instant> Timed(Action<RpcReply?, Instant> done)
        {
            sent = Now();
            return (answer, now) =>
            {
                came = now;
                done(answer, now);
            };
        }
    }

    /// <summary>Asks who announced a topic; answers come as nodes give them, ever nearer to the topic. The same peer may come several times.</summary>
    public async IAsyncEnumerable<LookupReply> LookupAsync(Topic target, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var reply in RepliesAsync(new AskOptions(target.Value, DhtCommand.Lookup), cancellationToken).ConfigureAwait(false))
        {
            if (reply.Value is not { } value || !LookupAnswer.TryDecode(value, out var answer)) continue;
            yield return new LookupReply(reply.From, [.. answer.Peers.Select(ToPeer)], answer.Bump);
        }
    }

    /// <summary>Asks where a peer announced itself; null when no node knows it.</summary>
    public async ValueTask<DhtPeer?> FindPeerAsync(PublicKey publicKey, CancellationToken cancellationToken = default)
    {
        var target = Blake2b.Hash(publicKey.Value.AsSpan());
        await foreach (var reply in RepliesAsync(new AskOptions(target, DhtCommand.FindPeer), cancellationToken).ConfigureAwait(false))
        {
            if (reply.Value is { } value && PeerRecord.TryDecode(value, out var record) && record.PublicKey == publicKey) return ToPeer(record);
        }

        return null;
    }

    /// <summary>Announces, for some twenty minutes, that the pair's owner is to be found under a topic.</summary>
    /// <param name="target">The topic.</param>
    /// <param name="keyPair">Who is to be found.</param>
    /// <param name="relays">Nodes through which; the first three count.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DhtRequestFailedException">No node took it.</exception>
    public async ValueTask AnnounceAsync(Topic target, KeyPair keyPair, IReadOnlyList<UdpAddress> relays, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keyPair);
        ArgumentNullException.ThrowIfNull(relays);
        var peer = new PeerRecord(keyPair.PublicKey, [.. relays.Take(PeerRecord.MaxRelays)]);
        await StoreAsync(new AskOptions(target.Value, DhtCommand.Lookup) { Commit = reply => Signed(false, target.Value, peer, keyPair, reply) }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes an announcement back.</summary>
    /// <exception cref="DhtRequestFailedException">No node answered.</exception>
    public async ValueTask UnannounceAsync(Topic target, KeyPair keyPair, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keyPair);
        var peer = new PeerRecord(keyPair.PublicKey, []);
        await StoreAsync(new AskOptions(target.Value, DhtCommand.Lookup) { Commit = reply => Signed(true, target.Value, peer, keyPair, reply) }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stores a value, of at most about a thousand bytes, under its hash for some two days.</summary>
    /// <exception cref="DhtRequestFailedException">No node took it.</exception>
    public async ValueTask<ImmutablePutResult> ImmutablePutAsync(ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default)
    {
        var bytes = Bounded(value);
        var hash = Blake2b.Hash(bytes);
        var commit = new QueryCommit(DhtCommand.ImmutablePut, bytes);
        var stored = await StoreAsync(new AskOptions(hash, DhtCommand.ImmutableGet) { Commit = _ => commit }, cancellationToken).ConfigureAwait(false);
        return new ImmutablePutResult(hash, stored);
    }

    /// <summary>Finds the value with a hash; null when no node has it.</summary>
    public async ValueTask<byte[]?> ImmutableGetAsync(Bytes32 hash, CancellationToken cancellationToken = default)
    {
        await foreach (var reply in RepliesAsync(new AskOptions(hash, DhtCommand.ImmutableGet), cancellationToken).ConfigureAwait(false))
        {
            if (reply.Value is { } value && Blake2b.Hash(value) == hash) return value;
        }

        return null;
    }

    /// <summary>Stores a signed value, of at most about a thousand bytes, under the pair's key for some two days.</summary>
    /// <param name="keyPair">Who signs.</param>
    /// <param name="value">The value.</param>
    /// <param name="sequence">Must be higher than that of the value before.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DhtRequestFailedException">No node took it: <c>SEQ_TOO_LOW</c> or <c>SEQ_REUSED</c> when a later or another value is there.</exception>
    public async ValueTask<MutablePutResult> MutablePutAsync(KeyPair keyPair, ReadOnlyMemory<byte> value, ulong sequence, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keyPair);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sequence, CompactReader.MaxUInt);
        var signed = MutableValue.Sign(sequence, Bounded(value), keyPair);
        var commit = new QueryCommit(DhtCommand.MutablePut, signed.EncodePut(keyPair.PublicKey));
        var target = Blake2b.Hash(keyPair.PublicKey.Value.AsSpan());
        var options = new AskOptions(target, DhtCommand.MutableGet) { Value = AnySequence, Commit = _ => commit };
        return new MutablePutResult(keyPair.PublicKey, sequence, await StoreAsync(options, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Finds the value signed by a key; null when no node has one that is late enough.</summary>
    /// <param name="publicKey">Whose.</param>
    /// <param name="minSequence">The lowest sequence number wanted.</param>
    /// <param name="latest">Whether to ask all nodes for the latest one (default), or to return the first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<MutableRecord?> MutableGetAsync(PublicKey publicKey, ulong minSequence = 0, bool latest = true, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minSequence, CompactReader.MaxUInt);
        var value = new byte[CompactSize.UInt(minSequence)];
        new CompactWriter(value).WriteUInt(minSequence);
        var options = new AskOptions(Blake2b.Hash(publicKey.Value.AsSpan()), DhtCommand.MutableGet) { Value = value };
        MutableValue? best = null;
        await foreach (var reply in RepliesAsync(options, cancellationToken).ConfigureAwait(false))
        {
            if (reply.Value is null || !MutableValue.TryDecode(reply.Value, out var found)) continue;
            if (found.Sequence < minSequence || found.Sequence <= best?.Sequence || !found.IsSignedBy(publicKey)) continue;
            best = found;
            if (!latest) break;
        }

        return best is null ? null : new MutableRecord(best.Sequence, best.Value, best.Signature);
    }

    private static DhtPeer ToPeer(PeerRecord record) => new(record.PublicKey, [.. record.RelayAddresses.Take(PeerRecord.MaxRelays)]);

    private static QueryCommit? Signed(bool isUnannounce, Bytes32 target, PeerRecord peer, KeyPair keyPair, RpcReply reply)
    {
        if (reply.Token is not { } token || reply.FromId is not { } id) return null;
        var message = AnnounceMessage.Sign(isUnannounce, target, id, token, peer, keyPair);
        return new QueryCommit(isUnannounce ? DhtCommand.Unannounce : DhtCommand.Announce, message.Encode());
    }

    private async Task<int> StoreAsync(AskOptions options, CancellationToken cancellationToken)
    {
        var outcome = await QueryAsync(options, cancellationToken).ConfigureAwait(false);
        return outcome.Committed > 0 ? outcome.Committed : throw DhtRequestFailedException.FromCommit(outcome.CommitError);
    }

    private byte[] Bounded(ReadOnlyMemory<byte> value) => value.Length <= _options.Records.ValueSize
        ? value.ToArray()
        : throw new ArgumentException($"A record has at most {_options.Records.ValueSize} bytes.", nameof(value));
}
