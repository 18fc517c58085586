using System.Net;
using System.Text.Json.Nodes;
using Nashi.Cryptography;
using Nashi.Dht;
using Nashi.Encoding;
using Nashi.Hypercore;
using Nashi.Protomux;
using Nashi.TestKit;
using Nashi.Testing;

namespace Nashi.BlindPeer.Tests;

/// <summary>A DHT on this machine with blind peers, clients and readers of ours and of the reference.</summary>
public sealed class World : IAsyncDisposable
{
    /// <summary>How long anything may take on a busy machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Stack<IAsyncDisposable> _all = new();
    private readonly List<TempFolder> _folders = [];
    private readonly TestNetwork _network;

    private World(TestNetwork network)
    {
        _network = network;
        _all.Push(network);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<World> CreateAsync() => new(await TestNetwork.CreateAsync(cancellationToken: Token));

    public string Folder()
    {
        var folder = new TempFolder();
        _folders.Add(folder);
        return folder.Path;
    }

    public async Task<DhtNode> NodeAsync() => await _network.AddNodeAsync(cancellationToken: Token);

    public async Task<BlindPeerServer> ServerAsync(BlindPeerServerOptions? options = null)
    {
        var server = await BlindPeerServer.StartAsync(await NodeAsync(), options ?? new BlindPeerServerOptions { Folder = Folder() }, Token);
        _all.Push(server);
        await server.ListeningAsync(Token).WaitAsync(Patience, Token);
        return server;
    }

    public async Task<(BlindPeering Peering, Corestore Store)> ClientAsync(BlindPeeringOptions options)
    {
        var store = Corestore.CreateInMemory();
        _all.Push(store);
        var peering = new BlindPeering(await NodeAsync(), store, options);
        _all.Push(peering);
        return (peering, store);
    }

    /// <summary>Connects to a peer by key and replicates a fresh store with it.</summary>
    public async Task<Corestore> ReaderAsync(PublicKey from)
    {
        var store = Corestore.CreateInMemory();
        _all.Push(store);
        var node = await NodeAsync();
        var connection = await node.ConnectAsync(from, null, Token).AsTask().WaitAsync(Patience, Token);
        _all.Push(store.Replicate(connection.Stream));
        return store;
    }

    /// <summary>Finds whoever is announced under a discovery key and replicates a fresh store with all of them.</summary>
    public async Task<Corestore> FinderAsync(DiscoveryKey topic)
    {
        var store = Corestore.CreateInMemory();
        _all.Push(store);
        var swarm = new Swarm.Swarm(await NodeAsync());
        _all.Push(swarm);
        _ = Task.Run(async () =>
        {
            await foreach (var connection in swarm.Connections.ReadAllAsync(Token)) _ = store.Replicate(connection.Stream);
        });
        swarm.Join(new Topic(topic.Value), server: false);
        return store;
    }

    /// <summary>Waits until blind peers say that they hold a block.</summary>
    public static Task HeldAsync(BlindPeering peering, CoreKey core, ulong block, int holders = 1) =>
        peering.HeldAsync(core, block, holders, Token).AsTask().WaitAsync(Patience, Token);

    public async Task<JsPeer> ReferenceAsync()
    {
        var js = JsPeer.Start("blindpeer-peer.cjs", _network.Bootstrap[0].ToString());
        _all.Push(js);
        await js.NextAsync("ready");
        return js;
    }

    public async Task<JsPeer> ReferenceClientAsync(params PublicKey[] servers)
    {
        var js = await ReferenceAsync();
        await js.SendAsync(new JsonObject { ["do"] = "client", ["folder"] = Folder(), ["keys"] = new JsonArray([.. servers.Select(key => (JsonNode)Hex(key.Value))]) });
        return js;
    }

    public static byte[] Fill(byte with)
    {
        var bytes = new byte[32];
        bytes.AsSpan().Fill(with);
        return bytes;
    }

    public static string Hex(Bytes32 bytes) => Convert.ToHexStringLower(bytes.AsSpan());

    public static JsonArray Texts(params string[] texts) => new([.. texts.Select(text => (JsonNode)text)]);

    /// <summary>Reads blocks as text, waiting for peers.</summary>
    public static async Task<string[]> ReadAsync(Core core, ulong count)
    {
        Assert.True(await core.WaitForLengthAsync(count, Token).AsTask().WaitAsync(Patience, Token));
        var texts = new List<string>();
        for (var i = 0UL; i < count; i++)
        {
            var block = await core.GetAsync(i, cancellationToken: Token).AsTask().WaitAsync(Patience, Token);
            texts.Add(System.Text.Encoding.UTF8.GetString(block!));
        }

        return [.. texts];
    }

    public async ValueTask DisposeAsync()
    {
        while (_all.TryPop(out var one)) await one.DisposeAsync();
        foreach (var folder in _folders) folder.Dispose();
    }
}
