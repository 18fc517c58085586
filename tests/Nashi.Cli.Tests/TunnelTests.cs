using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Nashi.Cryptography;
using Nashi.TestKit;

namespace Nashi.Cli.Tests;

/// <summary><c>nashi tunnel</c>: TCP over the DHT.</summary>
public sealed class TunnelTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Tunnel_CarriesBothWaysAndEachKindOfEnd_ForTheAllowedOnly()
    {
        await using var network = await SmallNetwork.StartAsync();
        using var folder = new TempFolder();
        using var service = new TcpListener(IPAddress.Loopback, 0);
        service.Start();
        var friend = WriteSeed(folder["friend"], 1);
        _ = WriteSeed(folder["stranger"], 2);
        string[] common = ["--storage", folder["store"], "--bootstrap", network.Bootstrap];
        var to = $"127.0.0.1:{((IPEndPoint)service.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture)}";
        await using var serve = NashiProcess.Start(["tunnel", "serve", "--to", to, "--allow", friend, .. common]);
        var key = (await serve.NextAsync("listening")).GetProperty("publicKey").GetString()!;
        await using var open = NashiProcess.Start(["tunnel", "open", key, "--listen", "0", "--seed-file", folder["friend"], .. common]);
        await using var refused = NashiProcess.Start(["tunnel", "open", key, "--listen", "0", "--seed-file", folder["stranger"], .. common]);

        var listening = await open.NextAsync("listening");
        await ExchangeAsync(await ConnectAsync(listening), service);
        Assert.Equal(friend, (await serve.NextAsync("connection")).GetProperty("publicKey").GetString());
        _ = await open.NextAsync("closed");
        await BreakAsync(await ConnectAsync(listening), service);
        _ = await open.NextAsync("failed");

        using (var stranger = await ConnectAsync(await refused.NextAsync("listening")))
        {
            _ = await refused.NextAsync("failed");
            Assert.False(service.Pending());
        }

        open.Interrupt();
        Assert.Equal("final", (await open.EndAsync()).GetProperty("tag").GetString());
        serve.Interrupt();
        Assert.Equal("final", (await serve.EndAsync()).GetProperty("tag").GetString());
    }

    [Theory]
    [InlineData("tunnel", "serve", "--to", "nowhere", "--allow", "*")]
    [InlineData("tunnel", "serve", "--to", "localhost:1")]
    [InlineData("tunnel", "open", "short", "--listen", "0")]
    public async Task Tunnel_WrongLine_IsAUsageError(params string[] line)
    {
        var (code, _, errors) = await NashiProcess.RunRawAsync([.. line, "--bootstrap", "127.0.0.1:1"]);
        Assert.True(code == 2, errors);
    }

    // The client ends its side first; the service answers with what it got only then: both ends and half-close, in one go.
    private static async Task ExchangeAsync(TcpClient client, TcpListener service)
    {
        using var ours = client;
        var question = new byte[3_000_000];
        new Random(7).NextBytes(question);
        var serving = ServeAsync(service);
        var stream = client.GetStream();
        await stream.WriteAsync(question).AsTask().WaitAsync(Patience);
        client.Client.Shutdown(SocketShutdown.Send);
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer).WaitAsync(Patience);
        await serving;
        Assert.Equal(SHA256.HashData(question), SHA256.HashData(answer.ToArray()));
    }

    // What was cut short must not look complete on the other side.
    private static async Task BreakAsync(TcpClient client, TcpListener service)
    {
        await client.GetStream().WriteAsync(new byte[1000]).AsTask().WaitAsync(Patience);
        using var theirs = await service.AcceptTcpClientAsync().WaitAsync(Patience);
        await theirs.GetStream().ReadExactlyAsync(new byte[1000]).AsTask().WaitAsync(Patience);
        client.Client.Close(0);
        client.Dispose();
        await Assert.ThrowsAsync<IOException>(() => theirs.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(Patience));
    }

    private static async Task ServeAsync(TcpListener service)
    {
        using var theirs = await service.AcceptTcpClientAsync().WaitAsync(Patience);
        using var got = new MemoryStream();
        var stream = theirs.GetStream();
        await stream.CopyToAsync(got).WaitAsync(Patience);
        await stream.WriteAsync(got.ToArray()).AsTask().WaitAsync(Patience);
    }

    private static async Task<TcpClient> ConnectAsync(JsonElement listening)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, listening.GetProperty("port").GetInt32()).WaitAsync(Patience);
        return client;
    }

    private static string WriteSeed(string path, byte seed)
    {
        byte[] bytes = [.. Enumerable.Repeat(seed, KeyPair.SeedSize)];
        File.WriteAllText(path, Convert.ToHexStringLower(bytes));
        using var pair = KeyPair.FromSeed(bytes);
        return pair.PublicKey.ToString();
    }
}
