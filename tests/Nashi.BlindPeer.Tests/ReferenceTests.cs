using System.Text.Json.Nodes;
using Nashi.Encoding;
using Nashi.TestKit;

namespace Nashi.BlindPeer.Tests;

/// <summary>The reference is our client, and we are its.</summary>
public sealed class ReferenceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Server_OfOurs_KeepsWhatAClientOfTheReferenceLeft()
    {
        await using var world = await World.CreateAsync();
        var server = await world.ServerAsync();
        var js = await world.ReferenceClientAsync(server.PublicKey);
        await js.NextAsync("client");
        await js.SendAsync(new JsonObject { ["do"] = "add", ["name"] = "a", ["blocks"] = World.Texts("one", "two", "three") });
        var key = new CoreKey((await js.NextAsync("added")).Bytes("key"));
        await server.UntilAsync(key, 3);
        await js.DisposeAsync();

        var reader = await world.ReaderAsync(server.PublicKey);
        Assert.Equal(["one", "two", "three"], await World.ReadAsync(await reader.GetAsync(key, null, Token), 3));
    }

    [Fact]
    public async Task Server_OfTheReference_KeepsWhatWeLeft()
    {
        await using var world = await World.CreateAsync();
        var js = await world.ReferenceAsync();
        await js.SendAsync(new JsonObject { ["do"] = "server", ["folder"] = world.Folder() });
        var server = new PublicKey((await js.NextAsync("server")).Bytes("key"));
        var (peering, store) = await world.ClientAsync(new BlindPeeringOptions { Peers = [server] });
        var core = await store.GetAsync("a", null, Token);
        foreach (var text in new[] { "one", "two", "three" }) await core.AppendAsync(System.Text.Encoding.UTF8.GetBytes(text), Token);
        peering.Add(core);
        await peering.HeldAsync(core.Key, 2, cancellationToken: Token).AsTask().WaitAsync(World.Patience, Token);
        // It goes on while the connection stands.
        await core.AppendAsync("four"u8.ToArray(), Token);
        await peering.HeldAsync(core.Key, 3, cancellationToken: Token).AsTask().WaitAsync(World.Patience, Token);
        var key = core.Key;
        await peering.DisposeAsync();
        await store.DisposeAsync();

        var reader = await world.ReaderAsync(server);
        Assert.Equal(["one", "two", "three", "four"], await World.ReadAsync(await reader.GetAsync(key, null, Token), 4));
    }
}
