using Nashi.Encoding;
using Nashi.Hypercore.Manifests;
using Nashi.Hypercore.Replication;
using Nashi.Hypercore.State;
using Nashi.Storage;

namespace Nashi.Hypercore.Tests.Replication;

/// <summary>A real core with its replicator, in memory.</summary>
internal sealed class Live : IAsyncDisposable
{
    private Live(CoreState state, CoreOptions options)
    {
        State = state;
        Core = state.OpenSession(options);
    }

    public Core Core { get; }

    public CoreState State { get; }

    public Replicator Replicator => (Replicator)State.Replicator!;

    public static Live Writer(int seed, Manifest? manifest = null, CoreOptions? options = null, CoreKey? key = null)
    {
        options = (options ?? new()) with { KeyPair = Nashi.Cryptography.KeyPair.Generate(new SeededRandom((ulong)seed)), Manifest = manifest };
        return Open(key, options);
    }

    public static Live ReaderOf(Core writer, CoreOptions? options = null, ReplicationOptions? replication = null) => Open(writer.Key, options ?? new(), replication);

    public static Live Open(CoreKey? key, CoreOptions options, ReplicationOptions? replication = null, CorestoreStorage? store = null)
    {
        var state = CoreState.Open(store ?? CorestoreStorage.CreateInMemory(), new CoreIdentity { Key = key }, options, core => new Replicator(core, replication));
        return new(state, options);
    }

    public async Task AppendAsync(int count, int size = 16)
    {
        var blocks = new ReadOnlyMemory<byte>[count];
        for (var i = 0; i < count; i++)
        {
            var block = new byte[size];
            BitConverter.TryWriteBytes(block, (Core.Length + (ulong)i + 1) * 31);
            blocks[i] = block;
        }

        _ = await Core.AppendAsync(blocks);
    }

    public ValueTask DisposeAsync() => Core.DisposeAsync();
}
