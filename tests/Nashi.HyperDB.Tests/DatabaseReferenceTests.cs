using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nashi.Encoding;
using Nashi.HyperDB.Tests.V2;
using Nashi.Hypercore;
using Nashi.SecretStream;
using Nashi.TestKit;

namespace Nashi.HyperDB.Tests;

/// <summary>One database over the network: written by a live reference and read by us, and the other way round.</summary>
public sealed class DatabaseReferenceTests
{
    private static readonly string[] Names = ["members", "by-name", "by-score", "by-joined", "by-tag", "by-age", "counters", "settings", "cities", "big-cities", "papers", "by-text"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static JsonElement Transactions { get; } = TestKit.Vectors.Load("hyperdb").GetProperty("generations")[1].GetProperty("transactions");

    [Fact]
    public async Task Database_OfAReferenceWriter_IsReadTypedWhileItGrows()
    {
        await using var peer = await TypedPeer.StartAsync();
        var key = new CoreKey((await peer.RunAsync("open")).Bytes("key"));
        await using var store = Corestore.CreateInMemory();
        await using var core = await store.GetAsync(key, cancellationToken: Token);
        await using var connection = await ConnectAsync(peer, store);
        var database = new Database(new Hyperbee.Hyperbee(core));
        foreach (var half in new[] { Transactions.EnumerateArray().Take(15), Transactions.EnumerateArray().Skip(15) })
        {
            ulong length = 0;
            foreach (var operations in half) length = (await peer.RunAsync("transact", new() { ["ops"] = JsonNode.Parse(operations.GetRawText()) })).GetProperty("length").GetUInt64();
            Assert.True(await core.WaitForLengthAsync(length, Token).AsTask().WaitAsync(TimeSpan.FromSeconds(60), Token));
            await AssertSameAsync(peer, database);
        }
    }

    [Fact]
    public async Task Database_OfOurs_IsReadByTheReference()
    {
        await using var store = Corestore.CreateInMemory();
        await using var core = await store.GetAsync("db", cancellationToken: Token);
        var database = new Database(new Hyperbee.Hyperbee(core));
        var program = new ProgramV2(database);
        foreach (var operations in Transactions.EnumerateArray()) await program.RunAsync(operations);

        await using var peer = await TypedPeer.StartAsync();
        _ = await peer.RunAsync("open", new() { ["key"] = Convert.ToHexStringLower(core.Key.Value.AsSpan()) });
        await using var connection = await ConnectAsync(peer, store);
        _ = await peer.RunAsync("length", new() { ["length"] = core.Length });
        await AssertSameAsync(peer, database);
    }

    // Both find the same by every index, by ranges of every shape, and one by one.
    private static async Task AssertSameAsync(TypedPeer peer, Database database)
    {
        foreach (var name in Names) Assert.Equal(await peer.ListAsync("find", "found", new() { ["name"] = name }), await ProgramV2.FindAsync(database, name));
        foreach (var (name, query, ask) in Queries.All)
        {
            var (theirs, ours) = (await peer.ListAsync("find", "found", Queries.ToJson(name, query)), await ask(database));
            Assert.True(theirs.SequenceEqual(ours), $"{name} {query}:\n{string.Join('\n', theirs)}\nours:\n{string.Join('\n', ours)}");
        }

        await foreach (var member in database.Members.FindAsync(cancellationToken: Token))
        {
            var found = await database.ByName.GetAsync(new(member.Room, member.Name), Token);
            var answer = await peer.RunAsync("get", new() { ["name"] = "by-name", ["record"] = new JsonObject { ["room"] = member.Room, ["name"] = member.Name } });
            Assert.Equal(answer.GetProperty("found").GetString(), found is null ? null : ProgramV2.Show(found));
        }
    }

    private static async Task<Connection> ConnectAsync(TypedPeer peer, Corestore store)
    {
        var socket = new TcpClient { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, (await peer.RunAsync("listen")).GetProperty("port").GetInt32(), Token);
        var stream = await SecretStream.SecretStream.OpenAsync(socket.GetStream(), isInitiator: true, SecretStreamOptions.Default, Token);
        return new(store.Replicate(stream), socket);
    }

    private sealed class Connection(StoreReplication replication, TcpClient socket) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await replication.DisposeAsync();
            socket.Dispose();
        }
    }
}
