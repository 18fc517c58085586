using System.Net;
using System.Net.Sockets;
using Nashi.SecretStream;
using Nashi.TestKit;

namespace Nashi.Protomux.Tests.Interop;

/// <summary>A live peer of the reference: its protomux over its secret stream over TCP on this machine.</summary>
public sealed class ProtomuxInteropTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Mux_Reference_ChannelsBatchesAliasesAndCloses()
    {
        await using var peer = JsPeer.Start("protomux-peer.cjs");
        await using var mux = await ConnectAsync(peer);
        var (echo, control, old, late, never, none) = (new Recorder(), new Recorder(), new Recorder(), new Recorder(), new Recorder(), new Recorder());
        var echoing = Open(mux, "echo", echo, "id"u8.ToArray(), [1, 2, 3]);
        var controlling = Open(mux, "control", control);
        var aliased = Open(mux, "old", old, aliases: "new");
        mux.Start();

        Assert.Equal("open " + Convert.ToHexStringLower("echo"u8), await echo.NextAsync());
        Assert.Equal("010203", await OpenedAsync(peer, "echo"));
        mux.Cork();
        for (var i = 0; i < 50; i++) _ = echoing.Send(i % 3, Enumerable.Repeat((byte)i, i).ToArray());
        mux.Uncork();
        for (var i = 0; i < 50; i++) Assert.Equal(Said(i), await echo.NextAsync());
        _ = echoing.Send(2, new byte[100_000]);
        Assert.Equal("message 2 100000", await echo.NextAsync());

        _ = controlling.Send(0, "\u0005batch"u8);
        for (var i = 0; i < 100; i++) Assert.Equal(Said(i), await echo.NextAsync());

        Assert.Equal("open " + Convert.ToHexStringLower("new"u8), await old.NextAsync());
        _ = aliased.Send(0, [7]);
        Assert.Equal("07", (await peer.NextAsync("alias")).GetProperty("data").GetString());

        var pairing = Open(mux, "late", late, [9]);
        _ = pairing.Send(0, "before"u8);
        Assert.Equal("open " + Convert.ToHexStringLower("late"u8), await late.NextAsync());
        Assert.Equal(Convert.ToHexStringLower("before"u8), (await peer.NextAsync("late")).GetProperty("data").GetString());

        _ = Open(mux, "nobody", none);
        Assert.Equal("close remote", await none.NextAsync());

        _ = controlling.Send(0, "\u000aopen never"u8);
        Assert.True((await ClosedAsync(peer, "never")).GetBoolean());

        mux.Pair("theirs", null, async id =>
        {
            await Task.Yield();
            _ = Open(mux, "theirs", never, id?.ToArray());
        });
        _ = controlling.Send(0, "\u000bopen theirs"u8);
        Assert.Equal("open " + Convert.ToHexStringLower("theirs"u8), await never.NextAsync());
        Assert.Equal("message 0 " + Convert.ToHexStringLower("early"u8), await never.NextAsync());

        _ = controlling.Send(0, "\u000aclose echo"u8);
        Assert.Equal("close remote", await echo.NextAsync());
        Assert.False((await ClosedAsync(peer, "echo")).GetBoolean());
        pairing.Close();
        Assert.True((await ClosedAsync(peer, "late")).GetBoolean());

        _ = controlling.Send(0, "\u0003end"u8);
        Assert.Equal("open " + Convert.ToHexStringLower("control"u8), await control.NextAsync());
        Assert.Equal("close remote", await control.NextAsync());
        Assert.Equal(CloseKind.Ended, (await mux.Closed.WaitAsync(Patience)).Kind);
        _ = await peer.NextAsync("close");
    }

    [Fact]
    public async Task Mux_WeDispose_ReferenceClosesInOrder()
    {
        await using var peer = JsPeer.Start("protomux-peer.cjs");
        await using var mux = await ConnectAsync(peer);
        var echo = new Recorder();
        _ = Open(mux, "echo", echo, "id"u8.ToArray());
        mux.Start();
        Assert.StartsWith("open", await echo.NextAsync(), StringComparison.Ordinal);
        await mux.DisposeAsync();
        Assert.True((await ClosedAsync(peer, "echo")).GetBoolean());
        _ = await peer.NextAsync("close");
    }

    private static string Said(int i)
    {
        var hex = Convert.ToHexStringLower(Enumerable.Repeat((byte)i, i).ToArray());
        return $"message {i % 3} {hex}".TrimEnd();
    }

    private static Channel Open(Mux mux, string protocol, Recorder recorder, byte[]? id = null, byte[]? handshake = null, params string[] aliases) => mux.TryOpen(
        new ChannelOptions { Protocol = protocol, Id = id is null ? null : id.AsMemory(), Handshake = handshake, Handler = recorder, Aliases = aliases })!;

    private static async Task<string> OpenedAsync(JsPeer peer, string protocol)
    {
        while (true)
        {
            var opened = await peer.NextAsync("channel-open");
            if (opened.GetProperty("protocol").GetString() == protocol) return opened.GetProperty("handshake").GetString()!;
        }
    }

    private static async Task<System.Text.Json.JsonElement> ClosedAsync(JsPeer peer, string protocol)
    {
        while (true)
        {
            var closed = await peer.NextAsync("channel-close");
            if (closed.GetProperty("protocol").GetString() == protocol) return closed.GetProperty("isRemote");
        }
    }

    private static async Task<Mux> ConnectAsync(JsPeer peer)
    {
        var port = (await peer.NextAsync("listening")).GetProperty("port").GetInt32();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return new Mux(await SecretStream.SecretStream.OpenAsync(new NetworkStream(socket, ownsSocket: true), isInitiator: true));
    }
}
