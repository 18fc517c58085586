using System.Globalization;
using System.Text.Json;
using Nashi.Cryptography;
using Nashi.Dht;
using Nashi.TestKit;

namespace Nashi.Abuse.Flooding;

/// <summary>A process with a node and a server, as any app would have: told what to do on its standard input.</summary>
internal static class Victim
{
    public static async Task<int> RunAsync(Flags flags)
    {
        var host = new HostNetwork(flags.Text("network") ?? "127.0.0.0").Victim;
        flags.End();
        var unseen = 0L;
        TaskScheduler.UnobservedTaskException += (_, _) => Interlocked.Increment(ref unseen);
        using var keys = KeyPair.Generate(SystemRandom.Instance);
        await using var node = await DhtNode.StartAsync(new DhtOptions { Host = host, Port = 0, Bootstrap = [], Ephemeral = false, IsFirewalled = false });
        await node.BootstrappedAsync();
        await using var server = node.CreateServer();
        await server.ListenAsync(keys);
        _ = ServeAsync(server);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{node.LocalAddress.Port} {keys.PublicKey}"));
        while (await Console.In.ReadLineAsync() is { } line)
        {
            if (line == "collect") GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            var stats = node.GetStats();
            var (memory, faults) = (GC.GetTotalMemory(false), node.Udx.HandlerFaults + Interlocked.Read(ref unseen));
            Console.WriteLine(JsonSerializer.Serialize(new VictimState(
                Environment.WorkingSet, memory, Environment.CpuUsage.TotalTime.TotalSeconds, faults, stats.Received, stats.Malformed, stats.Withheld, stats.StoredRecords, Dropped(node.LocalAddress.Port),
                node.Udx.StreamCount, Directory.Exists("/proc/self/task") ? Directory.GetDirectories("/proc/self/task").Length : 0,
                $"{GC.CollectionCount(0)}/{GC.CollectionCount(1)}/{GC.CollectionCount(2)}", GC.GetGCMemoryInfo(GCKind.Any).TotalCommittedBytes)));
        }

        return 0;
    }

    // The last column of the socket's row, whose second is "address:port" in hexadecimal.
    private static long Dropped(int port)
    {
        const string Table = "/proc/net/udp";
        if (!File.Exists(Table)) return 0;
        var suffix = string.Create(CultureInfo.InvariantCulture, $":{port:X4}");
        return File.ReadLines(Table).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(row => row[1].EndsWith(suffix, StringComparison.Ordinal)).Sum(row => long.Parse(row[^1], CultureInfo.InvariantCulture));
    }

    // Each connection is echoed until it ends.
    private static async Task ServeAsync(DhtServer server)
    {
        await foreach (var connection in server.Connections.ReadAllAsync()) _ = EchoAsync(connection);
    }

    private static async Task EchoAsync(DhtConnection connection)
    {
        await using var closing = connection;
        try
        {
            while (await connection.Stream.ReadAsync(CancellationToken.None) is { IsCompleted: false } read) await connection.Stream.WriteAsync(read.Message.ToArray());
        }
        catch (NashiException)
        {
            // It left.
        }
    }
}
