using System.Diagnostics;
using System.Globalization;
using Nashi.Cryptography;
using Nashi.Dht;

namespace Nashi.Abuse.Flooding;

/// <summary>Floods a real node in another process while honest peers ping it and connect to it, and looks at what that did.</summary>
internal sealed class FloodRun(FloodOptions options, TextWriter progress)
{
    private static readonly TimeSpan ConnectPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(15);

    private readonly List<double> _connects = [];
    private int _failedConnects;
    private VictimState? _fattest;

    public async Task<FloodReport> RunAsync()
    {
        await using var victim = await VictimProcess.StartAsync(options.Network);
        await using var friend = await StartNodeAsync(0, victim);
        await using var other = await StartNodeAsync(1, victim);
        for (var i = 0; i < 20; i++) await ConnectAsync(friend, victim);
        _connects.Clear();
        var before = await victim.AskAsync(collects: true);
        _fattest = before;
        var pinger = new HonestPinger(options.Network.Honest(2), victim.Address);
        using var attackers = new Attackers(options.Network, options.Sources);
        var arsenal = new Arsenal(victim.Address, other.LocalAddress, victim.Key, options.Seed, options.Kind);
        using var over = new CancellationTokenSource();
        pinger.Start();
        var watching = WatchAsync(victim, over.Token);
        var connecting = KeepConnectingAsync(friend, victim, over.Token);
        var started = Stopwatch.GetTimestamp();
        await Task.Factory.StartNew(() => Flood(victim, attackers, arsenal), TaskCreationOptions.LongRunning);
        var time = Stopwatch.GetElapsedTime(started);
        await over.CancelAsync();
        await watching;
        await connecting;
        await pinger.DisposeAsync();
        var after = await victim.AskAsync();
        await Task.Delay(options.Rest, TimeProvider.System);
        attackers.Drain();
        var rested = await victim.AskAsync(collects: true);
        return new FloodReport
        {
            Sent = attackers.Sent,
            Refused = attackers.Refused,
            Time = time,
            Kinds = [.. arsenal.Summary],
            Before = before,
            Fattest = _fattest,
            After = after,
            Rested = rested,
            Pings = pinger.Sent,
            Pongs = pinger.Answered,
            PingMedian = pinger.Quantile(0.5),
            PingP99 = pinger.Quantile(0.99),
            Connects = [.. _connects],
            FailedConnects = _failedConnects,
            IsServing = await IsServingAsync(friend, victim),
            Amplification = attackers.BytesOut == 0 ? 0 : (double)attackers.BytesIn / attackers.BytesOut,
        };
    }

    private async Task<DhtNode> StartNodeAsync(int number, VictimProcess victim)
    {
        var node = await DhtNode.StartAsync(new DhtOptions
        {
            Host = options.Network.Honest(number), Port = 0, Bootstrap = [victim.Address], Ephemeral = false, IsFirewalled = false,
        });
        await node.BootstrappedAsync();
        return node;
    }

    private void Flood(VictimProcess victim, Attackers attackers, Arsenal arsenal)
    {
        const int Burst = 64;
        var to = victim.Address.ToEndPoint().Serialize();
        IRandom random = new SeededRandom(options.Seed + 1);
        var started = Stopwatch.GetTimestamp();
        for (var sent = 0; sent < options.Count;)
        {
            var due = Math.Min(options.Count, (long)(Stopwatch.GetElapsedTime(started).TotalSeconds * options.Rate));
            for (var i = 0; i < Burst && sent < due; i++, sent++) attackers.Send(random.Next(options.Sources), arsenal.Next(), to);
            attackers.Drain();
            if (sent >= due) Thread.Sleep(1);
        }
    }

    private async Task WatchAsync(VictimProcess victim, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        for (var second = 1; await TicksAsync(timer, cancellationToken); second++)
        {
            var state = await victim.AskAsync();
            if (state.ResidentBytes > _fattest!.ResidentBytes) _fattest = state;
            if (second % 30 == 0)
                await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{second,5} s: {state.Received + state.Malformed} read, {state.ResidentBytes >> 20} MiB, {state.CpuSeconds:F0} cpu-s"));
        }
    }

    private async Task KeepConnectingAsync(DhtNode from, VictimProcess victim, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(ConnectPause);
        while (await TicksAsync(timer, cancellationToken)) await ConnectAsync(from, victim);
    }

    private async Task ConnectAsync(DhtNode from, VictimProcess victim)
    {
        var started = Stopwatch.GetTimestamp();
        if (await CanConnectAsync(from, victim)) _connects.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        else _failedConnects++;
    }

    private static async Task<bool> CanConnectAsync(DhtNode from, VictimProcess victim)
    {
        using var patience = new CancellationTokenSource(ConnectPatience);
        try
        {
            await using var connection = await from.ConnectAsync(victim.Key, null, patience.Token);
            await connection.Stream.WriteAsync("are you there?"u8.ToArray());
            var read = await connection.Stream.ReadAsync(patience.Token);
            return read.Message.Span.SequenceEqual("are you there?"u8);
        }
        catch (Exception error) when (error is NashiException or OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task<bool> IsServingAsync(DhtNode friend, VictimProcess victim)
    {
        if (!victim.IsAlive || !await CanConnectAsync(friend, victim)) return false;
        var put = await friend.ImmutablePutAsync("still here"u8.ToArray());
        return await friend.ImmutableGetAsync(put.Hash) is { } got && got.AsSpan().SequenceEqual("still here"u8) && await friend.PingAsync(victim.Address) is not null;
    }

    private static async Task<bool> TicksAsync(PeriodicTimer timer, CancellationToken cancellationToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
