using System.Net;
using System.Net.Sockets;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Hypercore;
using Nashi.SecretStream;
using Nashi.Storage;

namespace Nashi.LabPeer.Stores;

/// <summary>A folder that holds one core, as the reference's <c>new Hypercore(dir)</c> does.</summary>
internal sealed class LabStore : IAsyncDisposable
{
    private LabStore(Corestore store, Core core) => (Store, Core) = (store, core);

    public Corestore Store { get; }

    public Core Core { get; }

    /// <summary>Opens the folder's core, or makes it; with a key, that core.</summary>
    public static async Task<LabStore> OpenAsync(PeerRun run, CoreKey? key = null)
    {
        // A damaged copy is looked at, never written beside its original.
        var options = CorestoreOptions.Default with { Storage = new StorageOptions { AllowCopy = run.Number("allow-copy", 0) != 0 } };
        var store = await Corestore.OpenAsync(run.Flag("dir"), options);
        return new LabStore(store, key is { } known ? await store.GetAsync(known) : await OwnAsync(store));
    }

    /// <summary>Replicates over TCP on 127.0.0.1.</summary>
    public static async Task<StoreReplication> ReplicateAsync(Corestore store, Socket socket, bool isInitiator)
    {
        socket.NoDelay = true;
        return store.Replicate(await SecretStream.SecretStream.OpenAsync(new NetworkStream(socket, ownsSocket: true), isInitiator));
    }

    /// <summary>Connects to the seed at <c>--port</c>.</summary>
    public static async Task<StoreReplication> ConnectAsync(PeerRun run, Corestore store)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, (int)run.Number("port", 0), run.Ended);
        return await ReplicateAsync(store, socket, isInitiator: true);
    }

    public async ValueTask DisposeAsync()
    {
        await Core.DisposeAsync();
        await Store.DisposeAsync();
    }

    private static async Task<Core> OwnAsync(Corestore store)
    {
        if (store.List() is [var first, ..] && await store.TryGetAsync(first) is { } core) return core;
        return await store.GetAsync(new CoreOptions { KeyPair = KeyPair.Generate(SystemRandom.Instance) });
    }
}
