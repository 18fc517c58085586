using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht;
using Nashi.Encoding;
using Nashi.SecretStream;

namespace Nashi.Swarm.Tests;

/// <summary>A network in memory: everybody who announces is found, everybody who listens is reached.</summary>
internal sealed class FakeWorld
{
    private readonly ConcurrentDictionary<PublicKey, Server> _servers = new();
    private readonly ConcurrentDictionary<(Topic Topic, PublicKey Key), bool> _records = new();

    /// <summary>How many connects were tried.</summary>
    public int Attempts;

    /// <summary>Makes the network as one node sees it.</summary>
    public ISwarmNetwork Join() => new Network(this);

    /// <summary>Whether a record exists.</summary>
    public bool IsAnnounced(Topic topic, PublicKey key) => _records.ContainsKey((topic, key));

    private sealed class Network(FakeWorld world) : ISwarmNetwork
    {
        public TimeProvider Clock => TimeProvider.System;

        public IRandom Random => SystemRandom.Instance;

        public async Task<SwarmTransport> ConnectAsync(PublicKey peer, KeyPair keyPair, IReadOnlyList<UdpAddress> relays, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref world.Attempts);
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            if (!world._servers.TryGetValue(peer, out var server) || server.Refuses(keyPair.PublicKey)) throw new Unreachable();
            var pair = MessageStreamPair.CreateInMemory();
            _ = CloseTogetherAsync(pair);
            server.Offer(new SwarmTransport(new KeyedStream(pair.Responder, peer, keyPair.PublicKey), default, ConnectionKind.Direct, () => false));
            return new SwarmTransport(new KeyedStream(pair.Initiator, keyPair.PublicKey, peer), default, ConnectionKind.Direct, () => false);
        }

        public ISwarmServer CreateServer(Func<PublicKey, bool> refuses) => new Server(world, refuses);

        public async IAsyncEnumerable<FoundPeer> LookupAsync(Topic topic, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            foreach (var (record, _) in world._records)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (record.Topic == topic) yield return new FoundPeer(record.Key, []);
            }
        }

        public async Task AnnounceAsync(Topic topic, KeyPair keyPair, IReadOnlyList<UdpAddress> relays, CancellationToken cancellationToken)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            world._records[(topic, keyPair.PublicKey)] = true;
        }

        public Task UnannounceAsync(Topic topic, KeyPair keyPair, CancellationToken cancellationToken)
        {
            world._records.TryRemove((topic, keyPair.PublicKey), out _);
            return Task.CompletedTask;
        }
    }

    /// <summary>As over a network: when one side closes, the other learns of it without reading.</summary>
    private static async Task CloseTogetherAsync(MessageStreamPair pair)
    {
        await Task.WhenAny(pair.Initiator.Closed, pair.Responder.Closed);
        pair.Initiator.Abort(CloseReason.RawClosed);
        pair.Responder.Abort(CloseReason.RawClosed);
    }

    private sealed class Server(FakeWorld world, Func<PublicKey, bool> refuses) : ISwarmServer
    {
        private readonly Channel<SwarmTransport> _incoming = Channel.CreateUnbounded<SwarmTransport>();
        private PublicKey _key;

        public IReadOnlyList<UdpAddress> RelayAddresses => [];

        public bool Refuses(PublicKey key) => refuses(key);

        public void Offer(SwarmTransport transport) => _incoming.Writer.TryWrite(transport);

        public Task ListenAsync(KeyPair keyPair, CancellationToken cancellationToken)
        {
            _key = keyPair.PublicKey;
            world._servers[_key] = this;
            return Task.CompletedTask;
        }

        public IAsyncEnumerable<SwarmTransport> AcceptAsync(CancellationToken cancellationToken) => _incoming.Reader.ReadAllAsync(cancellationToken);

        public ValueTask DisposeAsync()
        {
            world._servers.TryRemove(_key, out _);
            return default;
        }
    }

    private sealed class Unreachable() : NashiException("PEER_NOT_FOUND", "Nobody there.");
}
