using System.Text.Json.Nodes;
using Nashi.Encoding;
using Nashi.Protomux.Tests.Wakeup;
using Nashi.Protomux.Wakeup;
using Nashi.TestKit;

namespace Nashi.Protomux.Tests.Interop;

/// <summary>A live protomux-wakeup of the reference.</summary>
public sealed class WakeupInteropTests
{
    private static readonly CoreKey Key = new(Enumerable.Repeat((byte)7, 32).ToArray());

    [Fact]
    public async Task Wakeup_Reference_LooksUpAnnouncesAndIdles()
    {
        var key = Hex.Encode(Key.Value.AsSpan());
        await using var peer = JsPeer.Start("wakeup-peer.cjs");
        await using var mux = await JsMux.ConnectAsync(peer);
        using var swarm = new WakeupSwarm();
        var mine = new WakeupRecorder();
        await peer.SendAsync(new() { ["do"] = "session", ["key"] = key });
        swarm.AddStream(mux);
        using var session = swarm.CreateSession(Key, mine);
        mux.Start();
        Assert.Equal("added", await mine.NextAsync());
        Assert.Equal("active", await mine.NextAsync());
        Assert.True((await peer.NextAsync("add")).GetProperty("active").GetBoolean());

        session.BroadcastLookup(Key.Value);
        Assert.Equal(key, (await peer.NextAsync("lookup")).GetProperty("hash").GetString());
        await peer.SendAsync(new() { ["do"] = "lookup", ["key"] = key });
        Assert.Equal("lookup all", await mine.NextAsync());
        session.GetPeer(mux)!.Announce(new WakeupWriter(Key, 300));
        var writers = (await peer.NextAsync("announce")).GetProperty("writers");
        Assert.Equal(300, writers[0].GetProperty("length").GetInt32());
        await peer.SendAsync(new()
        {
            ["do"] = "announce",
            ["key"] = key,
            ["writers"] = new JsonArray(new JsonObject { ["key"] = key, ["length"] = 5 }, new JsonObject { ["key"] = key, ["length"] = 70000 }),
        });
        Assert.Equal("announce 7:5 7:70000", await mine.NextAsync());

        session.SetActive(false);
        _ = await peer.NextAsync("inactive");
        session.SetActive(true);
        _ = await peer.NextAsync("active");
        await peer.SendAsync(new() { ["do"] = "inactive", ["key"] = key });
        Assert.Equal("inactive", await mine.NextAsync());
        session.SetActive(false);
        await peer.SendAsync(new() { ["do"] = "leave", ["key"] = key });
        Assert.Equal("removed", await mine.NextAsync());
    }
}
