using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using Nashi.Datagrams;
using Nashi.Dht;
using Nashi.Encoding;

namespace Nashi.LabPeer;

/// <summary>One run of one mode: its flags, where it tells events, and when it was asked to end.</summary>
internal sealed class PeerRun : IDisposable
{
    private readonly Dictionary<string, string> _flags = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _ended = new();
    private readonly PosixSignalRegistration _signal;

    public PeerRun(ReadOnlySpan<string> flags)
    {
        for (var i = 0; i + 1 < flags.Length; i += 2) _flags[flags[i].TrimStart('-')] = flags[i + 1];
        _signal = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            _ended.Cancel();
        });
    }

    public EventLog Events { get; } = new();

    /// <summary>Cancelled by SIGTERM.</summary>
    public CancellationToken Ended => _ended.Token;

    public IReadOnlyList<UdpAddress> Bootstrap => [.. Flag("bootstrap").Split(',').Select(Address)];

    /// <summary>The relay both sides are offered; none without one.</summary>
    private IReadOnlyList<PublicKey> Relays => TryFlag("relay") is { } key ? [Id32.Parse<PublicKey>(key)] : [];

    public IPAddress Host => TryFlag("host") is { } host ? IPAddress.Parse(host) : IPAddress.Any;

    /// <summary>Where to bind to.</summary>
    public UdpAddress Local(int port) => UdpAddress.From(new IPEndPoint(Host, (int)Number("port", port)));

    public string Flag(string name) => TryFlag(name) ?? throw new ArgumentException($"--{name} is needed.");

    public string? TryFlag(string name) => _flags.GetValueOrDefault(name);

    // The laboratory's numbers may carry a fraction.
    public long Number(string name, long otherwise) => TryFlag(name) is { } value ? (long)double.Parse(value, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>How a client connects.</summary>
    public DhtConnectOptions ConnectOptions() => new()
    {
        Timeout = Milliseconds("timeout", 60_000),
        KeepAlive = Milliseconds("keep-alive", 5000),
        RelayThrough = Relays,
        Progress = step => Events.Emit("step", ("name", step.Name), ("detail", step.Detail)),
    };

    /// <summary>How a server is met.</summary>
    public DhtServerOptions ServerOptions() => new() { KeepAlive = Milliseconds("keep-alive", 5000), RelayThrough = Relays };

    /// <summary>A node that knows the network.</summary>
    public async Task<DhtNode> StartNodeAsync(DhtOptions? options = null)
    {
        var node = await DhtNode.StartAsync((options ?? new DhtOptions { Host = Host, Port = 0 }) with { Bootstrap = Bootstrap }, Ended);
        await node.BootstrappedAsync(Ended);
        return node;
    }

    /// <summary>Waits for SIGTERM.</summary>
    public async Task<int> UntilEndedAsync()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = Ended.Register(ended.SetResult);
        await ended.Task;
        return 0;
    }

    public static UdpAddress Address(string text) => UdpAddress.TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is not host:port.");

    private TimeSpan Milliseconds(string name, long otherwise) => TimeSpan.FromMilliseconds(Number(name, otherwise));

    public void Dispose()
    {
        _signal.Dispose();
        _ended.Dispose();
    }
}
