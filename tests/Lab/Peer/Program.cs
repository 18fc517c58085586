using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Nashi;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht;
using Nashi.Encoding;

// One peer of a laboratory. Every line on standard output is a JSON object with an "event"; SIGTERM ends it.
var flags = new Dictionary<string, string>(StringComparer.Ordinal);
for (var i = 1; i + 1 < args.Length; i += 2) flags[args[i].TrimStart('-')] = args[i + 1];
var clock = Stopwatch.StartNew();
var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
using var signal = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
{
    context.Cancel = true;
    ended.TrySetResult();
});

try
{
    return args.FirstOrDefault() switch
    {
        "bootstrap" => await RunNodesAsync([Flag("host")], []),
        "dht" => await RunNodesAsync(Flag("hosts").Split(','), Bootstrap()),
        "server" => await RunServerAsync(),
        "client" => await RunClientAsync(),
        _ => Usage(),
    };
}
catch (Exception error)
{
    Emit("crash", new() { ["message"] = error.Message, ["stack"] = error.ToString() });
    return 70;
}

async Task<int> RunNodesAsync(string[] hosts, IReadOnlyList<UdpAddress> bootstrap)
{
    var nodes = new List<DhtNode>();
    foreach (var host in hosts)
    {
        var node = await DhtNode.StartAsync(new DhtOptions
        {
            Bootstrap = bootstrap,
            Host = IPAddress.Parse(host),
            Port = Number("port", DhtOptions.DefaultPort),
            Ephemeral = false,
            IsFirewalled = false,
        });
        if (bootstrap.Count > 0) await node.BootstrappedAsync();
        nodes.Add(node);
    }

    Emit("ready", new() { ["nodes"] = nodes.Count });
    await ended.Task;
    foreach (var node in nodes) await node.DisposeAsync();
    return 0;
}

async Task<int> RunServerAsync()
{
    await using var node = await StartAsync();
    await using var server = node.CreateServer();
    using var keyPair = flags.TryGetValue("seed", out var seed) ? KeyPair.FromSeed(Convert.FromHexString(seed)) : KeyPair.Generate(SystemRandom.Instance);
    await server.ListenAsync(keyPair);
    Emit("listening", new() { ["publicKey"] = Convert.ToHexStringLower(keyPair.PublicKey.Value.AsSpan()) });
    _ = Task.Run(async () =>
    {
        await foreach (var connection in server.Connections.ReadAllAsync()) _ = EchoAsync(connection);
    });
    await ended.Task;
    return 0;
}

async Task EchoAsync(DhtConnection connection)
{
    await using var own = connection;
    Emit("connection", RemoteOf(connection));
    while (await connection.Stream.ReadAsync() is { IsCompleted: false } read) await connection.Stream.WriteAsync(read.Message);
    await connection.Stream.EndAsync();
    Emit("closed");
}

async Task<int> RunClientAsync()
{
    await using var node = await StartAsync();
    var key = Id32.Parse<PublicKey>(Flag("key"));
    for (var attempt = 1; attempt <= Number("attempts", 1); attempt++)
    {
        if (!await AttemptAsync(node, key, attempt)) continue;
        Emit("done", new() { ["attempts"] = attempt });
        return 0;
    }

    return 2;
}

async Task<bool> AttemptAsync(DhtNode node, PublicKey key, int attempt)
{
    var start = clock.ElapsedMilliseconds;
    using var timeout = new CancellationTokenSource(Number("timeout", 60_000));
    try
    {
        await using var connection = await node.ConnectAsync(key, null, timeout.Token);
        // Open means that the other side answers, not that we have sent.
        await RoundTripAsync(connection, new byte[1024], timeout.Token);
        var open = RemoteOf(connection);
        open["attempt"] = attempt;
        open["ms"] = clock.ElapsedMilliseconds - start;
        open["kind"] = connection.Kind.ToString();
        Emit("open", open);
        await Task.Delay(Number("settle", 0), timeout.Token);
        Emit("bulk-start", RemoteOf(connection));
        await Task.Delay(500, timeout.Token);
        var bulk = clock.ElapsedMilliseconds;
        await RoundTripAsync(connection, new byte[Number("bytes", 262_144)], timeout.Token);
        Emit("bulk-echo", new() { ["ms"] = clock.ElapsedMilliseconds - bulk });
        return true;
    }
    catch (Exception error) when (error is NashiException or OperationCanceledException or IOException)
    {
        var code = error is NashiException own ? own.Code : "LAB_TIMEOUT";
        Emit("error", new() { ["attempt"] = attempt, ["code"] = code, ["message"] = error.Message, ["ms"] = clock.ElapsedMilliseconds - start });
        return false;
    }
}

static async Task RoundTripAsync(DhtConnection connection, byte[] bytes, CancellationToken cancellationToken)
{
    var writing = WriteAsync();
    for (var back = 0; back < bytes.Length;)
    {
        var read = await connection.Stream.ReadAsync(cancellationToken);
        if (read.IsCompleted) throw new IOException("The connection ended before everything came back.");
        back += read.Message.Length;
    }

    await writing;

    async Task WriteAsync()
    {
        const int Chunk = 65_536;
        for (var at = 0; at < bytes.Length; at += Chunk)
        {
            await connection.Stream.WriteAsync(bytes.AsMemory(at, Math.Min(Chunk, bytes.Length - at)), cancellationToken);
        }
    }
}

async Task<DhtNode> StartAsync()
{
    var node = await DhtNode.StartAsync(new DhtOptions { Bootstrap = Bootstrap() });
    await node.BootstrappedAsync();
    Emit("ready", new() { ["firewalled"] = node.IsFirewalled });
    return node;
}

static JsonObject RemoteOf(DhtConnection connection) =>
    new() { ["remoteHost"] = connection.Raw.Remote.ToIPAddress().ToString(), ["remotePort"] = connection.Raw.Remote.Port };

IReadOnlyList<UdpAddress> Bootstrap() =>
    [.. Flag("bootstrap").Split(',').Select(text => UdpAddress.TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is not host:port."))];

string Flag(string name) => flags.TryGetValue(name, out var value) ? value : throw new ArgumentException($"--{name} is needed.");

int Number(string name, int otherwise) => flags.TryGetValue(name, out var value) ? int.Parse(value, CultureInfo.InvariantCulture) : otherwise;

void Emit(string name, JsonObject? data = null)
{
    var line = new JsonObject { ["event"] = name, ["t"] = clock.ElapsedMilliseconds };
    foreach (var (key, value) in data ?? []) line[key] = value?.DeepClone();
    lock (clock) Console.Out.WriteLine(line.ToJsonString());
}

static int Usage()
{
    Console.Error.WriteLine("usage: peer bootstrap --host A --port N | dht --bootstrap H:P --hosts A,B --port N | server --bootstrap H:P [--seed HEX] | client --bootstrap H:P --key HEX [--bytes N] [--settle MS] [--timeout MS] [--attempts N]");
    return 2;
}
