using Nashi.Laboratory.Kernel;
using Nashi.Laboratory.Topology;

namespace Nashi.Laboratory.Peers;

/// <summary>An internet with a DHT on it, and a relay if wanted: where the cases play.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private const int DhtPort = 49737;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly List<PeerProcess> _processes = [];

    private Stage(PeerPrograms programs, int dhtNodes)
    {
        Programs = programs;
        Internet = new Internet(dhtNodes);
        Bootstrap = $"{Internet.DhtAddresses[0]}:{DhtPort}";
    }

    public Internet Internet { get; }

    public PeerPrograms Programs { get; }

    public string Bootstrap { get; }

    public string? RelayKey { get; private set; }

    public static async Task<Stage> OpenAsync(PeerPrograms programs, Side dht, Side? relay, CancellationToken cancellationToken, int dhtNodes = 12)
    {
        var stage = new Stage(programs, dhtNodes);
        try
        {
            await stage.StartAsync(dht, relay, cancellationToken);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>A peer on a host; the flags that every peer needs are added.</summary>
    public PeerProcess Start(Host host, Side side, string mode, bool relayed, params string[] flags)
    {
        List<string> arguments = [mode, "--bootstrap", Bootstrap, .. flags];
        if (relayed) arguments.AddRange(["--relay", RelayKey ?? throw new LabException("this stage has no relay")]);
        return PeerProcess.Start(host, Programs.Of(side), arguments);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_processes.Select(process => process.DisposeAsync().AsTask()));
        Internet.Dispose();
    }

    private async Task StartAsync(Side dht, Side? relay, CancellationToken cancellationToken)
    {
        await BeginAsync(Internet.Dht, dht, "ready", ["bootstrap", "--host", $"{Internet.DhtAddresses[0]}", "--port", $"{DhtPort}"], cancellationToken);
        var hosts = string.Join(',', Internet.DhtAddresses.Skip(1));
        if (hosts.Length > 0) await BeginAsync(Internet.Dht, dht, "ready", ["dht", "--bootstrap", Bootstrap, "--hosts", hosts, "--port", $"{DhtPort}"], cancellationToken);
        if (relay is not { } side) return;
        string[] arguments = side == Side.Ours ? ["relay", "--bootstrap", Bootstrap, "--host", $"{Internet.Relay.Address}"] : ["relay", "--bootstrap", Bootstrap];
        RelayKey = (await BeginAsync(Internet.Relay, side, "listening", arguments, cancellationToken)).Text("publicKey");
    }

    private async Task<PeerEvent> BeginAsync(Host host, Side side, string awaited, string[] arguments, CancellationToken cancellationToken)
    {
        var process = PeerProcess.Start(host, Programs.Of(side), arguments);
        _processes.Add(process);
        var said = await process.NextAsync(Patience, cancellationToken, awaited, "crash");
        return said?.Name == awaited ? said : throw new LabException($"{side} {arguments[0]} did not begin: {said?.Reason} {process.Errors}");
    }
}
