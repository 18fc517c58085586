using System.Globalization;
using System.Net;
using Nashi.BlindPeer;
using Nashi.Cli.BlindPeers;
using Nashi.Encoding;
using Nashi.Hypercore;
using Nashi.Testing;
using Nashi.TestKit;

namespace Nashi.Cli.Tests;

/// <summary><c>nashi blind-peer</c> as a service runs it.</summary>
public sealed class BlindPeerCommandTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task BlindPeer_Killed_GoesOnWithWhatItAcknowledged()
    {
        await using var network = await TestNetwork.CreateAsync(cancellationToken: Token);
        using var folder = new TempFolder();
        string[] command = ["blind-peer", "--storage", folder["store"], "--quota", "1MB", "--metrics", "0", "--bootstrap", network.Bootstrap[0].ToString()];
        CoreKey core;
        string key;
        await using (var first = NashiProcess.Start(command))
        {
            var opened = await first.NextAsync("opened");
            key = opened.GetProperty("publicKey").GetString()!;
            Assert.Equal(1_000_000, opened.GetProperty("quota").GetInt64());
            _ = await first.NextAsync("listening");
            core = await LeaveAsync(network, key);
            await CheckMonitorAsync(new Uri(opened.GetProperty("monitor").GetString()!));
            first.Kill();
        }

        await using var again = NashiProcess.Start(command);
        var reopened = await again.NextAsync("opened");
        Assert.Equal((key, 1), (reopened.GetProperty("publicKey").GetString(), reopened.GetProperty("cores").GetInt32()));
        Assert.Equal(3 + (3 * 128), reopened.GetProperty("bytesUsed").GetInt64());
        _ = await again.NextAsync("listening");
        await FetchAsync(network, key, core);
        again.Interrupt();
        var last = await again.EndAsync();
        Assert.Equal("final", last.GetProperty("tag").GetString());
        Assert.Equal((0, 1), (again.ExitCode, last.GetProperty("data").GetProperty("cores").GetInt32()));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder["store", "blind-peer"]));
    }

    [Theory]
    [InlineData("--quota", "much")]
    [InlineData("--quota", "0")]
    [InlineData("--metrics", "70000")]
    [InlineData("--metrics-host", "here")]
    [InlineData("--allow", "nobody")]
    public async Task BlindPeer_WrongOption_IsAUsageError(string option, string value)
    {
        using var folder = new TempFolder();
        var (code, _, _) = await NashiProcess.RunRawAsync(["blind-peer", "--storage", folder["store"], "--bootstrap", "127.0.0.1:1", option, value]);
        Assert.Equal(2, code);
        Assert.False(Directory.Exists(folder["store", "blind-peer"]));
    }

    [Theory]
    [InlineData("10GB", 10_000_000_000)]
    [InlineData("1.5 MB", 1_500_000)]
    [InlineData("500MiB", 524_288_000)]
    [InlineData("2k", 2000)]
    [InlineData("123", 123)]
    [InlineData("7 B", 7)]
    public void ByteCount_AsPeopleWriteIt_IsRead(string text, long bytes)
    {
        Assert.True(ByteCount.TryParse(text, out var read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("GB")]
    [InlineData("-1")]
    [InlineData("1e9")]
    [InlineData("0.1")]
    [InlineData("99999999999TB")]
    public void ByteCount_OfSomethingElse_IsNone(string text) => Assert.False(ByteCount.TryParse(text, out _));

    private static async Task<CoreKey> LeaveAsync(TestNetwork network, string peer)
    {
        await using var store = Corestore.CreateInMemory();
        var node = await network.AddNodeAsync(cancellationToken: Token);
        await using var peering = new BlindPeering(node, store, new BlindPeeringOptions { Peers = [Id32.Parse<PublicKey>(peer)] });
        var core = await store.GetAsync("a", null, Token);
        foreach (var letter in "abc") await core.AppendAsync(new[] { (byte)letter }, Token);
        peering.Add(core);
        await peering.HeldAsync(core.Key, 2, cancellationToken: Token).AsTask().WaitAsync(Patience, Token);
        return core.Key;
    }

    private static async Task FetchAsync(TestNetwork network, string peer, CoreKey key)
    {
        await using var store = Corestore.CreateInMemory();
        var node = await network.AddNodeAsync(cancellationToken: Token);
        var connection = await node.ConnectAsync(Id32.Parse<PublicKey>(peer), null, Token).AsTask().WaitAsync(Patience, Token);
        await using var replication = store.Replicate(connection.Stream);
        var core = await store.GetAsync(key, null, Token);
        Assert.Equal("c"u8.ToArray(), await core.GetAsync(2, cancellationToken: Token).AsTask().WaitAsync(Patience, Token));
    }

    private static async Task CheckMonitorAsync(Uri monitor)
    {
        using var http = new HttpClient { BaseAddress = monitor };
        var page = await http.GetStringAsync("/metrics", Token);
        Assert.Contains("# TYPE nashi_blind_peer_cores gauge\nnashi_blind_peer_cores 1\n", page, StringComparison.Ordinal);
        Assert.Contains("\nnashi_blind_peer_quota_bytes 1000000\n", page, StringComparison.Ordinal);
        Assert.Contains("\nnashi_blind_peer_cores_requested_total 1\n", page, StringComparison.Ordinal);
        Assert.All(page.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#'), line => _ = decimal.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
        Assert.Equal("{\"status\":\"ok\"}\n", await http.GetStringAsync("/health", Token));
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/", Token)).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await http.PostAsync("/metrics", null, Token)).StatusCode);
        using var rebound = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        rebound.Headers.Host = "evil.example";
        Assert.Equal(HttpStatusCode.MisdirectedRequest, (await http.SendAsync(rebound, Token)).StatusCode);
    }
}
