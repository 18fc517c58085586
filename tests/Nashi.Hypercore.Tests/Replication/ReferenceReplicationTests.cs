using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nashi.Encoding;
using Nashi.Hypercore.Manifests;
using Nashi.Hypercore.Replication;
using Nashi.Protomux;
using Nashi.SecretStream;
using Nashi.TestKit;
using Xunit;

namespace Nashi.Hypercore.Tests.Replication;

/// <summary>Replication with a live reference over a secret stream on TCP.</summary>
public sealed class ReferenceReplicationTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, false, true)]
    [InlineData(1, false, true)]
    [InlineData(1, false, false)]
    [InlineData(2, false, false)]
    [InlineData(1, true, true)]
    public async Task Reader_OfAReferenceWriter_GetsBlocksAndFollows(int version, bool isCompat, bool isInitiator)
    {
        await using var js = await Reference.StartAsync(new JsonObject { ["version"] = version, ["compat"] = isCompat, ["initiator"] = !isInitiator });
        _ = await js.RunAsync("fill", new() { ["count"] = 25, ["size"] = 10 });
        await using var reader = Live.Open(js.Key, new());
        await using var connection = await js.ConnectAsync(reader.Replicator, isInitiator);
        Assert.Equal(Block(7, 10), await GetAsync(reader, 7));
        Assert.Equal(25UL, reader.Core.Length);
        _ = await js.RunAsync("fill", new() { ["count"] = 5, ["size"] = 3 });
        Assert.Equal(Block(29, 3), await GetAsync(reader, 29));
        if (!isCompat) Assert.Equal(version, reader.Core.Manifest!.Version);
        await js.AssertNoErrorsAsync();
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(-1, true)]
    public async Task ReferenceReader_OfOurWriter_GetsBlocksAndFollows(int version, bool isInitiator)
    {
        using var pair = Nashi.Cryptography.KeyPair.Generate(new SeededRandom(1));
        await using var writer = version < 0
            ? Live.Writer(1, key: new CoreKey(pair.PublicKey.Value))
            : Live.Writer(1, Manifest.ForKey(pair.PublicKey, version));
        for (var i = 0; i < 25; i++) _ = await writer.Core.AppendAsync(Block(i, 10), Token);
        await using var js = await Reference.StartAsync(new JsonObject { ["key"] = Hex(writer.Core.Key), ["initiator"] = !isInitiator });
        await using var connection = await js.ConnectAsync(writer.Replicator, isInitiator);
        Assert.Equal(Convert.ToHexStringLower(Block(7, 10)), (await js.RunAsync("get", new() { ["index"] = 7 })).GetProperty("value").GetString());
        for (var i = 25; i < 30; i++) _ = await writer.Core.AppendAsync(Block(i, 3), Token);
        Assert.Equal(Convert.ToHexStringLower(Block(29, 3)), (await js.RunAsync("get", new() { ["index"] = 29 })).GetProperty("value").GetString());
        Assert.Equal(writer.Core.TreeHash.ToArray(), (await js.RunAsync("info", [])).Bytes("tree"));
        await js.AssertNoErrorsAsync();
    }

    [Fact]
    public async Task ReferenceReader_OfOurWriterThatGoesOn_FollowsEveryTime()
    {
        await using var writer = Live.Writer(1);
        await writer.AppendAsync(25, 10);
        await using var js = await Reference.StartAsync(new JsonObject { ["key"] = Hex(writer.Core.Key) });
        await using var connection = await js.ConnectAsync(writer.Replicator, true);
        for (var round = 0; round < 200; round++)
        {
            for (var i = 0; i < 5; i++) _ = await writer.Core.AppendAsync(Block((int)writer.Core.Length, 3), Token);
            var last = (int)writer.Core.Length - 1;
            Assert.Equal(Convert.ToHexStringLower(Block(last, 3)), (await js.RunAsync("get", new() { ["index"] = last })).GetProperty("value").GetString());
        }

        await js.AssertNoErrorsAsync();
    }

    [Theory]
    [InlineData(10000, 20, true)]
    [InlineData(10000, 20, false)]
    [InlineData(200, 65536, false)]
    public async Task Reader_OfAReferenceWriter_DownloadsEverything(int count, int size, bool isLinear)
    {
        await using var js = await Reference.StartAsync([]);
        _ = await js.RunAsync("fill", new() { ["count"] = count, ["size"] = size });
        await using var reader = Live.Open(js.Key, new());
        await using var connection = await js.ConnectAsync(reader.Replicator, true);
        await Until(() => reader.Core.Length == (ulong)count);
        Assert.True(await reader.Replicator.Download(0, (ulong)count, isLinear).Completed.WaitAsync(Patience, Token));
        Assert.Equal(reader.Core.TreeHash.ToArray(), (await js.RunAsync("info", [])).Bytes("tree"));
        for (var i = 0; i < count; i += 501) Assert.Equal(Block(i, size), await reader.Core.GetAsync((ulong)i, null, Token));
        await js.AssertNoErrorsAsync();
    }

    [Theory]
    [InlineData(10000, 20, true)]
    [InlineData(10000, 20, false)]
    [InlineData(200, 65536, false)]
    public async Task ReferenceReader_OfOurWriter_DownloadsEverything(int count, int size, bool isLinear)
    {
        await using var writer = Live.Writer(1);
        await writer.AppendAsync(count, size);
        await using var js = await Reference.StartAsync(new JsonObject { ["key"] = Hex(writer.Core.Key) });
        await using var connection = await js.ConnectAsync(writer.Replicator, true);
        _ = await js.RunAsync("update", []);
        var done = await js.RunAsync("download", new() { ["start"] = 0, ["end"] = count, ["linear"] = isLinear });
        Assert.Equal(count, done.GetProperty("contiguous").GetInt32());
        Assert.Equal(writer.Core.TreeHash.ToArray(), done.Bytes("tree"));
        await js.AssertNoErrorsAsync();
    }

    [Fact]
    public async Task Reader_OfAReferenceWriterThatTruncates_FollowsTheFork()
    {
        await using var js = await Reference.StartAsync([]);
        _ = await js.RunAsync("fill", new() { ["count"] = 100, ["size"] = 10 });
        await using var reader = Live.Open(js.Key, new());
        await using var connection = await js.ConnectAsync(reader.Replicator, true);
        await Until(() => reader.Core.Length == 100);
        Assert.True(await reader.Replicator.Download(0, 100, false).Completed.WaitAsync(Patience, Token));
        _ = await js.RunAsync("truncate", new() { ["length"] = 37 });
        _ = await js.RunAsync("append", new() { ["size"] = 5, ["count"] = 99 });
        await Until(() => reader.Core is { Fork: 1, Length: 38 });
        Assert.Equal(Enumerable.Repeat((byte)99, 5), await GetAsync(reader, 37));
        Assert.True(reader.Core.Has(36));
        Assert.Equal(reader.Core.TreeHash.ToArray(), (await js.RunAsync("info", [])).Bytes("tree"));
        await js.AssertNoErrorsAsync();
    }

    [Fact]
    public async Task ReferenceReader_OfOurWriterThatTruncates_FollowsTheFork()
    {
        await using var writer = Live.Writer(1);
        await writer.AppendAsync(100);
        await using var js = await Reference.StartAsync(new JsonObject { ["key"] = Hex(writer.Core.Key) });
        await using var connection = await js.ConnectAsync(writer.Replicator, true);
        _ = await js.RunAsync("update", []);
        _ = await js.RunAsync("download", new() { ["start"] = 0, ["end"] = 100 });
        await writer.Core.TruncateAsync(37, cancellationToken: Token);
        await writer.AppendAsync(10);
        JsonElement info;
        do
        {
            info = await js.RunAsync("info", []);
        }
        while (info.GetProperty("fork").GetInt32() != 1 || info.GetProperty("length").GetInt32() != 47);
        Assert.Equal(writer.Core.TreeHash.ToArray(), info.Bytes("tree"));
        var done = await js.RunAsync("download", new() { ["start"] = 0, ["end"] = 47 });
        Assert.Equal(47, done.GetProperty("contiguous").GetInt32());
        await js.AssertNoErrorsAsync();
    }

    [Fact]
    public async Task EncryptedCore_BothWays_IsReadable()
    {
        var secret = Enumerable.Repeat((byte)5, 32).ToArray();
        await using var js = await Reference.StartAsync(new JsonObject { ["encryptionKey"] = Convert.ToHexStringLower(secret) });
        _ = await js.RunAsync("fill", new() { ["count"] = 12, ["size"] = 10 });
        await using var reader = Live.Open(js.Key, new() { EncryptionKey = secret });
        await using (await js.ConnectAsync(reader.Replicator, true)) Assert.Equal(Block(3, 10), await GetAsync(reader, 3));

        await using var writer = Live.Writer(1, options: new() { EncryptionKey = secret });
        for (var i = 0; i < 5; i++) _ = await writer.Core.AppendAsync(Block(i, 10), Token);
        await using var other = await Reference.StartAsync(new JsonObject { ["key"] = Hex(writer.Core.Key), ["encryptionKey"] = Convert.ToHexStringLower(secret) });
        await using var connection = await other.ConnectAsync(writer.Replicator, true);
        Assert.Equal(Convert.ToHexStringLower(Block(2, 10)), (await other.RunAsync("get", new() { ["index"] = 2 })).GetProperty("value").GetString());
        await other.AssertNoErrorsAsync();
    }

    [Fact]
    public async Task Seek_WithTheReference_FindsBytesBothWays()
    {
        await using var js = await Reference.StartAsync([]);
        _ = await js.RunAsync("fill", new() { ["count"] = 100, ["size"] = 10 });
        await using var reader = Live.Open(js.Key, new());
        await using (await js.ConnectAsync(reader.Replicator, true))
        {
            await Until(() => reader.Core.Length == 100);
            Assert.Equal((55UL, 3UL), await reader.Core.SeekAsync(553, Token).AsTask().WaitAsync(Patience, Token));
            Assert.Equal((0UL, 0UL), await reader.Core.SeekAsync(0, Token).AsTask().WaitAsync(Patience, Token));
            Assert.Equal((99UL, 9UL), await reader.Core.SeekAsync(999, Token).AsTask().WaitAsync(Patience, Token));
        }

        await using var writer = Live.Writer(1);
        await writer.AppendAsync(100, 10);
        await using var other = await Reference.StartAsync(new JsonObject { ["key"] = Hex(writer.Core.Key) });
        await using var connection = await other.ConnectAsync(writer.Replicator, true);
        _ = await other.RunAsync("update", []);
        var found = (await other.RunAsync("seek", new() { ["offset"] = 553 })).GetProperty("found");
        Assert.Equal(55, found[0].GetInt32());
        Assert.Equal(3, found[1].GetInt32());
        await other.AssertNoErrorsAsync();
    }

    [Fact]
    public async Task SparseReference_ServesWhatItHasAndHearsOfClears()
    {
        await using var writer = Live.Writer(1);
        await writer.AppendAsync(2000);
        await using var js = await Reference.StartAsync(new JsonObject { ["key"] = Hex(writer.Core.Key) });
        await using (await js.ConnectAsync(writer.Replicator, true))
        {
            _ = await js.RunAsync("update", []);
            _ = await js.RunAsync("download", new() { ["start"] = 500, ["end"] = 700 });
            Assert.Equal(2000, (await js.RunAsync("info", [])).GetProperty("remote").GetInt32());
        }

        await using var reader = Live.ReaderOf(writer.Core);
        await using var connection = await js.ConnectAsync(reader.Replicator, true);
        Assert.Equal(16, (await GetAsync(reader, 600)).Length);
        Assert.False(await reader.Replicator.FetchBlockAsync(10, true, Token).AsTask().WaitAsync(Patience, Token));
        Assert.True(await reader.Replicator.Download(500, 700, false).Completed.WaitAsync(Patience, Token));
        await js.AssertNoErrorsAsync();
    }

    [Fact]
    public async Task ReferenceReader_OfOurSparsePeer_GetsWhatItHas()
    {
        await using var writer = Live.Writer(1);
        await writer.AppendAsync(2000);
        await using var middle = Live.ReaderOf(writer.Core);
        await using (Wire.Between(writer.Replicator, middle.Replicator))
        {
            await Until(() => middle.Core.Length == 2000);
            Assert.True(await middle.Replicator.Download(500, 700, false).Completed.WaitAsync(Patience, Token));
        }

        await using var js = await Reference.StartAsync(new JsonObject { ["key"] = Hex(writer.Core.Key) });
        await using var connection = await js.ConnectAsync(middle.Replicator, true);
        _ = await js.RunAsync("update", []);
        _ = await js.RunAsync("get", new() { ["index"] = 600 });
        _ = await js.RunAsync("download", new() { ["start"] = 500, ["end"] = 700 });
        await js.AssertNoErrorsAsync();
    }

    [Fact]
    public async Task Extension_WithTheReference_GoesBothWays()
    {
        await using var js = await Reference.StartAsync([]);
        await using var reader = Live.Open(js.Key, new());
        var messages = System.Threading.Channels.Channel.CreateUnbounded<byte[]>();
        using var extension = reader.Replicator.AddExtension("turn", (_, message) => messages.Writer.TryWrite(message.ToArray()));
        await using var connection = await js.ConnectAsync(reader.Replicator, true);
        await Until(() => reader.Replicator.PeerCount == 1);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(1, extension.Broadcast("hello"u8));
            Assert.Equal("olleh"u8.ToArray(), await messages.Reader.ReadAsync(Token).AsTask().WaitAsync(Patience, Token));
        }

        Assert.False(extension.Send(default, "nobody"u8));
        Assert.True(extension.Send(reader.Replicator.GetPeers()[0], "ab"u8));
        Assert.Equal("ba"u8.ToArray(), await messages.Reader.ReadAsync(Token).AsTask().WaitAsync(Patience, Token));
        _ = await js.RunAsync("broadcast", new() { ["size"] = 4, ["count"] = 7 });
        Assert.Equal([7, 7, 7, 7], await messages.Reader.ReadAsync(Token).AsTask().WaitAsync(Patience, Token));
        Assert.Throws<InvalidOperationException>(() => reader.Replicator.AddExtension("turn", (_, _) => { }));
        await js.AssertNoErrorsAsync();
    }

    private static byte[] Block(int index, int size) => [.. Enumerable.Repeat((byte)(index * 31), size)];

    private static string Hex(CoreKey key) => Convert.ToHexStringLower(key.Value.AsSpan());

    private static async Task<byte[]> GetAsync(Live reader, ulong index) => await reader.Core.GetAsync(index, null, Token).AsTask().WaitAsync(Patience, Token);

    private static async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>A core of the reference in a process of its own.</summary>
    private sealed class Reference : IAsyncDisposable
    {
        private readonly JsPeer _js;
        private readonly TempFolder _folder;
        private readonly int _port;
        private int _commands;

        private Reference(JsPeer js, TempFolder folder, JsonElement ready)
        {
            (_js, _folder) = (js, folder);
            _port = ready.GetProperty("port").GetInt32();
            Key = new CoreKey(ready.Bytes("key"));
        }

        public CoreKey Key { get; }

        public static async Task<Reference> StartAsync(JsonObject options)
        {
            var folder = new TempFolder();
            options["dir"] = folder.Path;
            var js = JsPeer.Start("replication-peer.cjs", options.ToJsonString());
            return new(js, folder, await js.NextAsync("ready"));
        }

        public async Task<JsonElement> RunAsync(string command, JsonObject arguments)
        {
            var id = $"{command} {++_commands}";
            arguments["run"] = command;
            arguments["id"] = id;
            await _js.SendAsync(arguments);
            var answer = await _js.NextAsync(id);
            Assert.False(answer.TryGetProperty("error", out var error), $"{command}: {error}");
            return answer;
        }

        public async Task<Connection> ConnectAsync(Replicator replicator, bool isInitiator)
        {
            var socket = new TcpClient { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, _port, Token);
            var stream = await SecretStream.SecretStream.OpenAsync(socket.GetStream(), isInitiator, SecretStreamOptions.Default, Token);
            var replication = new CoreReplication(new Mux(stream));
            Assert.True(replication.Attach(replicator));
            replication.Mux.Start();
            return new(replication, socket);
        }

        /// <summary>The reference was content with everything.</summary>
        public async Task AssertNoErrorsAsync()
        {
            var errors = (await RunAsync("info", [])).GetProperty("errors");
            Assert.True(errors.GetArrayLength() == 0, errors.ToString());
        }

        public async ValueTask DisposeAsync()
        {
            await _js.DisposeAsync();
            _folder.Dispose();
        }
    }

    private sealed class Connection(CoreReplication replication, TcpClient socket) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await replication.Mux.DisposeAsync();
            socket.Dispose();
        }
    }
}
