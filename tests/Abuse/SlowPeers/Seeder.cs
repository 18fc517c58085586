using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Nashi.Hypercore;
using Nashi.Storage.Kv;
using Nashi.TestKit;

namespace Nashi.Abuse.SlowPeers;

/// <summary>The victim: a process that serves a core over TCP to whoever comes, and says how it is for each line it is sent.</summary>
internal sealed class Seeder(Corestore store, TcpListener listener) : IDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private int _open;
    private int _unexpected;

    /// <summary>Serves until its input ends.</summary>
    public static async Task<int> RunAsync(Flags flags)
    {
        var (blocks, size) = (flags.Count("blocks", 2000), flags.Count("block-size", 65_536));
        flags.End();
        using var folder = new TempFolder();
        await using var store = await Corestore.OpenAsync(folder.Path);
        await using var core = await store.GetAsync("served", new CoreOptions { Durability = Durability.Buffered });
        await FillAsync(core, blocks, size);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(1024);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{((IPEndPoint)listener.LocalEndpoint).Port} {core.Key}"));
        using var seeder = new Seeder(store, listener);
        await seeder.ServeAsync();
        return 0;
    }

    public void Dispose() => _ended.Dispose();

    private static async Task FillAsync(Core core, int blocks, int size)
    {
        var random = new Random(1);
        for (var i = 0; i < blocks; i++)
        {
            var block = new byte[size];
            random.NextBytes(block);
            await core.AppendAsync(block);
        }
    }

    private async Task ServeAsync()
    {
        var accepting = AcceptAsync();
        while (await Console.In.ReadLineAsync() is not null) Console.WriteLine(JsonSerializer.Serialize(State()));
        await _ended.CancelAsync();
        await accepting;
    }

    private SeederState State()
    {
        using var self = Process.GetCurrentProcess();
        return new SeederState(self.WorkingSet64, GC.GetTotalMemory(forceFullCollection: false), Volatile.Read(ref _open), Volatile.Read(ref _unexpected));
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeOneAsync(await listener.AcceptSocketAsync(_ended.Token));
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            // The end.
        }
    }

    private async Task ServeOneAsync(Socket socket)
    {
        Interlocked.Increment(ref _open);
        try
        {
            var stream = await SecretStream.SecretStream.OpenAsync(new NetworkStream(socket, ownsSocket: true), isInitiator: false, cancellationToken: _ended.Token);
            await using var replication = store.Replicate(stream);
            await replication.Closed;
        }
        catch (Exception error) when (error is NashiException or IOException or SocketException or OperationCanceledException)
        {
            // That is how a connection with such a peer ends.
        }
        catch (Exception error)
        {
            Interlocked.Increment(ref _unexpected);
            await Console.Error.WriteLineAsync(error.ToString());
        }
        finally
        {
            socket.Dispose();
            Interlocked.Decrement(ref _open);
        }
    }
}
