using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Nashi.Datagrams;
using Nashi.TestKit;

namespace Nashi.Udx.Tests;

/// <summary>Streams with npm udx-native.</summary>
public sealed class InteropTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly UdpAddress Loopback = UdpAddress.FromIPv4(0x7f000001, 0);

    [Fact]
    public async Task Stream_WithUdxNative_EchoesHalfClosesAndEnds()
    {
        await using var host = new UdxHost();
        var socket = host.Bind(Loopback);
        await using var js = JsPeer.Start("udx-echo.cjs", $"--port={socket.LocalAddress.Port}");
        var stream = await ConnectAsync(host, socket, js);
        var bytes = new byte[12_000_000];
        new SeededRandom(1).Fill(bytes);
        var message = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        stream.SetMessageHandler(received => message.TrySetResult(received.ToArray()));
        Assert.True(stream.TrySendMessage("hi"u8));
        Assert.Equal("re: hi"u8.ToArray(), await message.Task.WaitAsync(Patience));

        var reading = ReadAllAsync(stream);
        await stream.WriteAsync(bytes).AsTask().WaitAsync(Patience);
        await stream.ShutdownAsync().AsTask().WaitAsync(Patience);
        var back = await reading.WaitAsync(Patience);

        Assert.True(back.AsSpan().SequenceEqual(bytes));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), (await js.NextAsync("end")).GetProperty("hash").GetString());
        Assert.Equal(UdxCloseKind.Ended, (await stream.Closed.WaitAsync(Patience)).Kind);
        _ = await js.NextAsync("close");
    }

    [Fact]
    public async Task Destroy_ByUdxNative_IsAReset()
    {
        await using var host = new UdxHost();
        var socket = host.Bind(Loopback);
        await using var js = JsPeer.Start("udx-echo.cjs", $"--port={socket.LocalAddress.Port}", "--destroy=1");
        var stream = await ConnectAsync(host, socket, js);
        await stream.WriteAsync("x"u8.ToArray());
        Assert.Equal(UdxCloseKind.Reset, (await stream.Closed.WaitAsync(Patience)).Kind);
    }

    [Fact]
    public async Task Abort_OfOurs_IsAResetThere()
    {
        await using var host = new UdxHost();
        var socket = host.Bind(Loopback);
        await using var js = JsPeer.Start("udx-echo.cjs", $"--port={socket.LocalAddress.Port}");
        var stream = await ConnectAsync(host, socket, js);
        await stream.WriteAsync("x"u8.ToArray());
        Assert.Equal(1, await stream.ReadAsync(new byte[8]).AsTask().WaitAsync(Patience));
        stream.Abort();
        Assert.Contains("reset", (await js.NextAsync("error")).GetProperty("message").GetString(), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stream_BothSpeakAtOnce_EachGetsAll(bool portable)
    {
        await using var host = new UdxHost(new UdxOptions { Datagrams = new DatagramOptions { IsPortable = portable } });
        var socket = host.Bind(Loopback);
        await using var js = JsPeer.Start("udx-echo.cjs", $"--port={socket.LocalAddress.Port}", "--speak=8000000");
        var stream = await ConnectAsync(host, socket, js);
        var bytes = new byte[8_000_000];
        new SeededRandom(2).Fill(bytes);

        var reading = ReadAllAsync(stream);
        await stream.WriteAsync(bytes).AsTask().WaitAsync(Patience);
        await stream.ShutdownAsync().AsTask().WaitAsync(Patience);
        var back = await reading.WaitAsync(Patience);

        Assert.Equal(8_000_000, back.Length);
        Assert.Equal((await js.NextAsync("said")).GetProperty("hash").GetString(), Convert.ToHexStringLower(SHA256.HashData(back)));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), (await js.NextAsync("end")).GetProperty("hash").GetString());
        Assert.Equal(UdxCloseKind.Ended, (await stream.Closed.WaitAsync(Patience)).Kind);
        _ = await js.NextAsync("close");
    }

    [Fact]
    public async Task ChangeRemote_OnBothSides_LosesNothing()
    {
        await using var host = new UdxHost();
        var (socket, other) = (host.Bind(Loopback), host.Bind(Loopback));
        await using var js = JsPeer.Start("udx-echo.cjs", $"--port={socket.LocalAddress.Port}");
        var stream = await ConnectAsync(host, socket, js);
        var bytes = new byte[6_000_000];
        new SeededRandom(3).Fill(bytes);
        var reading = ReadAllAsync(stream);

        await stream.WriteAsync(bytes.AsMemory(0, 2_000_000)).AsTask().WaitAsync(Patience);
        _ = await js.NextAsync("first");
        await js.SendAsync(new JsonObject { ["change"] = other.LocalAddress.Port });
        var port = (await js.NextAsync("moved")).GetProperty("port").GetInt32();
        await stream.WriteAsync(bytes.AsMemory(2_000_000, 2_000_000)).AsTask().WaitAsync(Patience);
        Assert.True(stream.ChangeRemote(other, 2, Loopback.WithPort(port)));
        await stream.DrainedAsync().WaitAsync(Patience);
        await stream.WriteAsync(bytes.AsMemory(4_000_000)).AsTask().WaitAsync(Patience);
        await stream.ShutdownAsync().AsTask().WaitAsync(Patience);

        Assert.True((await reading.WaitAsync(Patience)).AsSpan().SequenceEqual(bytes));
        _ = await js.NextAsync("changed");
        _ = await js.NextAsync("close");
    }

    private static async Task<UdxStream> ConnectAsync(UdxHost host, UdxSocket socket, JsPeer js)
    {
        var port = (await js.NextAsync("listening")).GetProperty("port").GetInt32();
        var stream = host.CreateStream(1);
        stream.Connect(socket, 2, Loopback.WithPort(port));
        return stream;
    }

    private static async Task<byte[]> ReadAllAsync(UdxStream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all);
        return all.ToArray();
    }
}
