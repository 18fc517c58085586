using System.Runtime.CompilerServices;
using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Pairing.Tests;

/// <summary>A DHT in memory that all pairing networks of a test share.</summary>
internal sealed class FakeWorld(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<PublicKey, ReadOnlyMemory<byte>> _values = [];
    private readonly Dictionary<Topic, HashSet<PublicKey>> _announced = [];

    public IPairingNetwork Join() => new Network(this, clock);

    public int CountAnnounced(Topic topic)
    {
        lock (_gate) return _announced.GetValueOrDefault(topic)?.Count ?? 0;
    }

    public void Announce(Topic topic, PublicKey who, ReadOnlyMemory<byte> value)
    {
        lock (_gate)
        {
            _values[who] = value;
            if (!_announced.TryGetValue(topic, out var all)) _announced[topic] = all = [];
            all.Add(who);
        }
    }

    private sealed class Network(FakeWorld world, TimeProvider clock) : IPairingNetwork
    {
        public TimeProvider Clock => clock;

        public IRandom Random { get; } = new SeededRandom(3);

        public IAsyncDisposable Join(Topic topic, bool server, bool client) => new Nothing();

        public ValueTask StoreAsync(KeyPair owner, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
        {
            lock (world._gate) world._values[owner.PublicKey] = value;
            return default;
        }

        public ValueTask<ReadOnlyMemory<byte>?> FetchAsync(PublicKey owner, CancellationToken cancellationToken)
        {
            lock (world._gate) return new(world._values.TryGetValue(owner, out var value) ? value : null);
        }

        public ValueTask AnnounceAsync(Topic topic, KeyPair who, CancellationToken cancellationToken)
        {
            world.Announce(topic, who.PublicKey, world._values[who.PublicKey]);
            return default;
        }

        public ValueTask UnannounceAsync(Topic topic, KeyPair who, CancellationToken cancellationToken)
        {
            lock (world._gate) world._announced.GetValueOrDefault(topic)?.Remove(who.PublicKey);
            return default;
        }

        public async IAsyncEnumerable<PublicKey> LookupAsync(Topic topic, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            PublicKey[] found;
            lock (world._gate) found = [.. world._announced.GetValueOrDefault(topic) ?? []];
            foreach (var key in found)
            {
                await Task.Yield();
                yield return key;
            }
        }
    }

    private sealed class Nothing : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => default;
    }
}
