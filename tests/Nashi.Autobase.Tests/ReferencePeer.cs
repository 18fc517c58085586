using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nashi.Encoding;
using Nashi.Hypercore;
using Nashi.SecretStream;
using Nashi.TestKit;

namespace Nashi.Autobase.Tests;

/// <summary>A peer of a base that the reference runs: <c>tests/js/autobase-peer.cjs</c>.</summary>
internal sealed class ReferencePeer : IAsyncDisposable
{
    private readonly TempFolder? _ownFolder;
    private readonly List<IAsyncDisposable> _links = [];
    private readonly List<TcpClient> _sockets = [];
    private readonly JsPeer _js;
    private int _port;

    private ReferencePeer(string? folder, JsonObject options)
    {
        _ownFolder = folder is null ? new() : null;
        _js = JsPeer.Start("autobase-peer.cjs", folder ?? _ownFolder!["store"], options.ToJsonString());
    }

    public CoreKey Key { get; private set; }

    public string LocalKey { get; private set; } = "";

    public byte[]? EncryptionKey { get; private set; }

    public static async Task<ReferencePeer> StartAsync(JsonObject? options = null, string? folder = null)
    {
        var peer = new ReferencePeer(folder, options ?? []);
        var open = await peer._js.NextAsync("open");
        peer.Key = new(open.Bytes("key"));
        peer.LocalKey = open.GetProperty("local").GetString()!;
        peer.EncryptionKey = open.GetProperty("encryptionKey").ValueKind == JsonValueKind.Null ? null : open.Bytes("encryptionKey");
        peer._port = (await peer.AskAsync("listen")).GetProperty("port").GetInt32();
        return peer;
    }

    public static Task<ReferencePeer> JoinAsync(CoreKey key, JsonObject? options = null)
    {
        options ??= [];
        options["key"] = Convert.ToHexStringLower(key.ToArray());
        return StartAsync(options);
    }

    public Task AppendAsync(string text) => AskAsync("append", new JsonObject { ["value"] = text });

    public Task AppendAsync(params string[] texts) => AskAsync("append", new JsonObject { ["value"] = new JsonArray([.. texts.Select(text => JsonValue.Create(text))]) });

    /// <summary>Appends values "value 0" and on, in batches.</summary>
    public Task FillAsync(int count, int batch) => AskAsync("fill", new JsonObject { ["count"] = count, ["batch"] = batch });

    /// <summary>From now on it applies nothing until it fast-forwarded.</summary>
    public Task JumpFirstAsync() => AskAsync("jumpFirst");

    /// <summary>Reads an entry of its log, from others when it has to.</summary>
    public async Task<string> ReadAsync(int index) => (await AskAsync("read", new JsonObject { ["index"] = index })).GetProperty("value").GetString()!;

    /// <summary>Waits for something it tells by itself.</summary>
    public Task<JsonElement> NextAsync(string name) => _js.NextAsync(name);

    /// <summary>Until it may write.</summary>
    public Task UntilWritableAsync() => AskAsync("writable");

    /// <summary>Until it has the same system and views as one of ours.</summary>
    public async Task UntilAsync(Peer peer)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!patience.IsCancellationRequested)
        {
            var (state, _, _) = await StateAsync();
            await peer.Base.UpdateAsync();
            if (state == peer.State()) return;
        }

        throw new TimeoutException($"They differ: {(await StateAsync()).State}\n{peer}");
    }

    public Task AckAsync() => AskAsync("ack");

    /// <summary>What <see cref="Peer.State"/> says of one of ours.</summary>
    public async Task<(string State, bool IsSigned, JsonElement Json)> StateAsync()
    {
        var state = await AskAsync("state");
        var views = new[] { ("_system", state.GetProperty("system")), ("log", state.GetProperty("log")), ("bee", state.GetProperty("bee")) };
        var text = string.Join(' ', views.Select(view => $"{view.Item1} {new CoreKey(view.Item2.Bytes("key"))} {view.Item2.GetProperty("length")} {new Bytes32(view.Item2.Bytes("treeHash"))}"));
        return (text, views.Skip(1).All(view => view.Item2.GetProperty("length").GetUInt64() == view.Item2.GetProperty("signedLength").GetUInt64()), state);
    }

    /// <summary>Joins one of ours to it over TCP.</summary>
    public async Task ConnectAsync(Peer peer)
    {
        var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _port);
        var pair = peer.Store.CreateKeyPair("connection");
        var stream = await SecretStream.SecretStream.OpenAsync(socket.GetStream(), isInitiator: true, new SecretStreamOptions { KeyPair = pair });
        _sockets.Add(socket);
        _links.Add(peer.Base.Replicate(stream));
    }

    public Task ConnectAsync(ReferencePeer other) => AskAsync("connect", new JsonObject { ["port"] = other._port });

    public async Task DisconnectAsync()
    {
        await AskAsync("disconnect");
        foreach (var socket in _sockets) socket.Dispose();
        foreach (var link in _links) await link.DisposeAsync();
        _links.Clear();
        _sockets.Clear();
    }

    /// <summary>Closes base and store properly.</summary>
    public async Task CloseAsync()
    {
        await AskAsync("close");
        await _js.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var link in _links) await link.DisposeAsync();
        foreach (var socket in _sockets) socket.Dispose();
        await _js.DisposeAsync();
        _ownFolder?.Dispose();
    }

    private async Task<JsonElement> AskAsync(string operation, JsonObject? command = null)
    {
        command ??= [];
        command["op"] = operation;
        await _js.SendAsync(command);
        var answer = _js.NextAsync(operation);
        var error = _js.NextAsync("error");
        return await Task.WhenAny(answer, error) == answer ? await answer : throw new InvalidOperationException((await error).GetProperty("message").GetString());
    }
}
