using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht;
using Nashi.Dht.Relaying;
using Nashi.Encoding;

namespace Nashi.Simulation.Runs;

/// <summary>Connections over real sockets on 127.0.0.1 that open through a blind relay and move to the direct path while bytes flow both ways.</summary>
/// <remarks>They open one after another, which is what is timed, while others move. Punching begins once relayed bytes have come and gone.</remarks>
internal sealed class MovesRun(int count, int atOnce) : IAsyncDisposable
{
    private const int Nodes = 4;
    private const int Block = 4096;
    private const int BlocksAround = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<DhtNode> _nodes = [];
    private readonly KeyPair _relayKey = KeyPair.Generate(SystemRandom.Instance);
    private readonly KeyPair _serverKey = KeyPair.Generate(SystemRandom.Instance);
    private readonly SemaphoreSlim _opening = new(1);
    private readonly ConcurrentBag<double> _opens = [];
    private readonly ConcurrentBag<double> _moves = [];
    private readonly ConcurrentQueue<string> _deaths = new();
    private IReadOnlyList<UdpAddress> _bootstrap = [];
    private long _bytes;

    /// <summary>How many did not move, closed, or brought other bytes than were sent.</summary>
    public int Deaths => _deaths.Count;

    /// <summary>The time to the first open that 99 of 100 keep.</summary>
    public double OpenP99 => Quantile(_opens, 0.99);

    /// <summary>Runs all.</summary>
    public async Task RunAsync()
    {
        for (var i = 0; i < Nodes; i++)
        {
            var node = await StartAsync(isOpen: true);
            if (i == 0) _bootstrap = [node.LocalAddress];
        }

        await using var relay = await BlindRelayServer.StartAsync(_nodes[^1], _relayKey);
        await using var server = (await StartAsync(isOpen: false)).CreateServer(new DhtServerOptions { SharesLocalAddresses = false });
        await server.ListenAsync(_serverKey);
        var client = await StartAsync(isOpen: false);
        // Once, so that what is timed is not the compiler.
        await MoveOnceAsync(client, server);
        _opens.Clear();
        _moves.Clear();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (_, _) => await MoveOnceAsync(client, server));
    }

    /// <summary>Says what came of it.</summary>
    public void Print(TextWriter to)
    {
        to.WriteLine($"{count} moves, {atOnce} at once: {Deaths} deaths, {_bytes / 1e6:0} MB verified");
        to.WriteLine($"first open, relayed: p50 {Quantile(_opens, 0.5):0} ms, p99 {OpenP99:0} ms, most {Quantile(_opens, 1):0} ms");
        to.WriteLine($"from leave to punch to the direct path at both ends: p50 {Quantile(_moves, 0.5):0} ms, p99 {Quantile(_moves, 0.99):0} ms, most {Quantile(_moves, 1):0} ms");
        foreach (var death in _deaths) to.WriteLine(death);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Enumerable.Reverse(_nodes)) await node.DisposeAsync();
        _relayKey.Dispose();
        _serverKey.Dispose();
        _opening.Dispose();
    }

    private static double Quantile(IEnumerable<double> values, double part)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? 0 : sorted[Math.Min(sorted.Length - 1, (int)(part * sorted.Length))];
    }

    private static byte ByteAt(long number) => (byte)((number * 31) + ((number >> 8) * 7) + (number >> 16));

    // Completes when the relay is not needed any more, either.
    private static async Task MovedAsync(DhtConnection connection)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (connection.Kind == ConnectionKind.Relayed || connection.Relay is not null) await pace.WaitForNextTickAsync();
    }

    private static async Task DirectAsync(DhtConnection connection)
    {
        var direct = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.PathChanged += changed =>
        {
            if (changed.Kind != ConnectionKind.Relayed) direct.TrySetResult();
        };
        if (connection.Kind != ConnectionKind.Relayed) direct.TrySetResult();
        await direct.Task.WaitAsync(Patience);
    }

    private static async Task WriteAsync(DhtConnection connection, Task hasMoved, TaskCompletionSource hasBegun)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        var block = new byte[Block];
        long sent = 0;
        for (var after = 0; after < BlocksAround; after += hasMoved.IsCompleted ? 1 : 0)
        {
            for (var i = 0; i < Block; i++) block[i] = ByteAt(sent + i);
            await connection.Stream.WriteAsync(block);
            sent += Block;
            if (sent == BlocksAround * Block) hasBegun.SetResult();
            await pace.WaitForNextTickAsync();
        }

        await connection.Stream.EndAsync();
    }

    private async Task ReadAsync(DhtConnection connection, TaskCompletionSource hasBegun)
    {
        long got = 0;
        while (await connection.Stream.ReadAsync() is { IsCompleted: false } result)
        {
            foreach (var one in result.Message.Span)
            {
                if (one != ByteAt(got++)) throw new InvalidDataException($"Byte {got - 1} is another than was sent.");
            }

            if (got >= BlocksAround * Block) hasBegun.TrySetResult();
        }

        if (got < BlocksAround * Block) throw new InvalidDataException($"It ended after {got} bytes.");
        Interlocked.Add(ref _bytes, got);
    }

    private async Task MoveOnceAsync(DhtNode client, DhtServer server)
    {
        var mayPunch = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            var (ours, theirs) = await OpenAsync(client, server, mayPunch.Task);
            await using var oursClosing = ours;
            await using var theirsClosing = theirs;
            if (ours.Kind != ConnectionKind.Relayed || theirs.Kind != ConnectionKind.Relayed) throw new InvalidOperationException("It was not relayed at first.");
            var begun = new TaskCompletionSource[4];
            for (var i = 0; i < begun.Length; i++) begun[i] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var moved = Task.WhenAll(MovedAsync(ours), MovedAsync(theirs));
            var flowing = Task.WhenAll(
                WriteAsync(ours, moved, begun[0]), WriteAsync(theirs, moved, begun[1]), ReadAsync(ours, begun[2]), ReadAsync(theirs, begun[3]));
            await await Task.WhenAny(flowing, Task.WhenAll(begun.Select(one => one.Task))).WaitAsync(Patience);
            var began = Stopwatch.GetTimestamp();
            mayPunch.SetResult();
            await Task.WhenAll(DirectAsync(ours), DirectAsync(theirs));
            _moves.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            await flowing.WaitAsync(Patience);
        }
        catch (Exception error)
        {
            _deaths.Enqueue(error.ToString());
            mayPunch.TrySetResult();
        }
    }

    private async Task<(DhtConnection Ours, DhtConnection Theirs)> OpenAsync(DhtNode client, DhtServer server, Task mayPunch)
    {
        using var keyPair = KeyPair.Generate(SystemRandom.Instance);
        var options = new DhtConnectOptions { KeyPair = keyPair, UsesLan = false, OpensEarly = false, RelayThrough = [_relayKey.PublicKey], BeforePunching = mayPunch };
        await _opening.WaitAsync();
        try
        {
            var began = Stopwatch.GetTimestamp();
            var ours = await client.ConnectAsync(_serverKey.PublicKey, options).AsTask().WaitAsync(Patience);
            _opens.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            while (await server.Connections.ReadAsync().AsTask().WaitAsync(Patience) is var theirs)
            {
                if (theirs.RemotePublicKey == keyPair.PublicKey) return (ours, theirs);
                await theirs.DisposeAsync();
            }

            throw new InvalidOperationException("The server closed.");
        }
        finally
        {
            _opening.Release();
        }
    }

    private async Task<DhtNode> StartAsync(bool isOpen)
    {
        var node = await DhtNode.StartAsync(new DhtOptions { Host = IPAddress.Loopback, Port = 0, Bootstrap = _bootstrap, Ephemeral = !isOpen, IsFirewalled = !isOpen });
        _nodes.Add(node);
        if (_bootstrap.Count > 0) await node.BootstrappedAsync().AsTask().WaitAsync(Patience);
        return node;
    }
}
