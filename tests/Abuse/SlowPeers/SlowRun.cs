using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Nashi.Encoding;
using Nashi.Hypercore;

namespace Nashi.Abuse.SlowPeers;

/// <summary>A crowd of slow peers at one seeder, and an honest one among them.</summary>
internal sealed class SlowRun(SlowOptions options, TextWriter log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly SlowKind[] Kinds = Enum.GetValues<SlowKind>();

    private SeederState _fattest = new(0, 0, 0, 0);

    public async Task<SlowReport> RunAsync()
    {
        await using var seeder = await SeederProcess.StartAsync(options);
        using var ended = new CancellationTokenSource();
        var alone = await DownloadAsync(seeder);
        var before = await seeder.AskAsync();
        var peers = Enumerable.Range(0, options.Peers).Select(i => new SlowPeer(Kinds[i % Kinds.Length], seeder.Port, seeder.Key)).ToList();
        var staying = await ComeAsync(peers, ended.Token);
        Tell("at first", Stayed(staying));
        var crowded = await DownloadAsync(seeder);
        Tell("after the honest download", Stayed(staying));
        await WatchAsync(seeder);
        var after = await seeder.AskAsync();
        var stayed = Stayed(staying);
        Tell("in the end", stayed);
        var afterwards = await DownloadAsync(seeder);
        await ended.CancelAsync();
        await Task.WhenAll(staying);
        foreach (var peer in peers) peer.Dispose();
        return new SlowReport
        {
            Peers = options.Peers, Before = before, Fattest = _fattest, After = after, Stayed = stayed.Values.Sum(), IsAlive = seeder.IsAlive,
            Alone = alone, Crowded = crowded, Afterwards = afterwards, ExpectedAfter = stayed[SlowKind.Deaf],
        };
    }

    private static Dictionary<SlowKind, int> Stayed(List<Task> staying) =>
        Kinds.ToDictionary(kind => kind, kind => staying.Where((task, i) => Kinds[i % Kinds.Length] == kind && !task.IsCompleted).Count());

    private void Tell(string when, Dictionary<SlowKind, int> there) => log.WriteLine($"there {when}: {string.Join(", ", there.Select(kind => $"{kind.Key} {kind.Value}"))}");

    private static async Task<List<Task>> ComeAsync(List<SlowPeer> peers, CancellationToken ended)
    {
        var staying = new List<Task>();
        foreach (var peer in peers)
        {
            var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var stay = Task.Run(() => peer.StayAsync(() => began.TrySetResult(), ended), CancellationToken.None);
            await Task.WhenAny(began.Task, stay).WaitAsync(Patience, CancellationToken.None);
            staying.Add(stay);
        }

        return staying;
    }

    // Asks for the seeder's state until the peers' time is over.
    private async Task WatchAsync(SeederProcess seeder)
    {
        var clock = Stopwatch.StartNew();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        while (clock.Elapsed < options.Stay && await tick.WaitForNextTickAsync())
        {
            var state = await seeder.AskAsync();
            if (state.ResidentBytes > _fattest.ResidentBytes) _fattest = state;
        }
    }

    // An honest peer fetches everything, and sees whether it is what was announced: the core does not store what is not.
    private static async Task<TimeSpan> DownloadAsync(SeederProcess seeder)
    {
        var clock = Stopwatch.StartNew();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, seeder.Port);
        await using var store = Corestore.CreateInMemory();
        await using var core = await store.GetAsync(seeder.Key);
        await using var replication = store.Replicate(await SecretStream.SecretStream.OpenAsync(new NetworkStream(socket, ownsSocket: false), isInitiator: true));
        await core.UpdateAsync(wait: true).AsTask().WaitAsync(Patience);
        using var download = core.Download(0, core.Length);
        await download.Completed.WaitAsync(Patience);
        return clock.Elapsed;
    }
}
