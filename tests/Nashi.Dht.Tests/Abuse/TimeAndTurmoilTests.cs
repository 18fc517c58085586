using System.Diagnostics;
using System.Net;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Encoding;
using Nashi.Testing;

namespace Nashi.Dht.Tests.Abuse;

/// <summary>threats.md §3 rows 45 and 47: clocks that lie, and our own calls ended at any moment.</summary>
public sealed class TimeAndTurmoilTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(1971)]
    [InlineData(2106)]
    [InlineData(2400)]
    public async Task Row45_WallClockInAnotherYear_ChangesNothing(int year)
    {
        await using var network = await TestNetwork.CreateAsync(3);
        var clock = new WrongClock(new DateTimeOffset(year, 2, 7, 6, 28, 16, TimeSpan.Zero));
        var app = await network.AddNodeAsync(new DhtOptions { Ephemeral = true, Clock = clock });
        using var pair = KeyPair.Generate(SystemRandom.Instance);
        var topic = new Topic([.. Enumerable.Repeat((byte)5, 32)]);
        await app.AnnounceAsync(topic, pair, []).AsTask().WaitAsync(Patience);
        clock.Jump(TimeSpan.FromDays(400));
        var found = 0;
        await foreach (var reply in app.LookupAsync(topic)) found += reply.Peers.Count;
        Assert.True(found > 0);
        clock.Jump(TimeSpan.FromDays(-700));
        var put = await app.MutablePutAsync(pair, new byte[] { 1 }, 1).AsTask().WaitAsync(Patience);
        Assert.NotNull(await network.Nodes[0].MutableGetAsync(pair.PublicKey).AsTask().WaitAsync(Patience));
        Assert.NotNull(put);
    }

    [Fact]
    public async Task Row47_NodeCancelledAndDisposedAtAnyMoment_NothingHangsAndNoFailureIsLost()
    {
        var unseen = new List<Exception>();
        EventHandler<UnobservedTaskExceptionEventArgs> note = (_, args) =>
        {
            lock (unseen) unseen.Add(args.Exception);
        };
        TaskScheduler.UnobservedTaskException += note;
        await using (var network = await TestNetwork.CreateAsync(3))
        {
            using var served = KeyPair.Generate(SystemRandom.Instance);
            await using var server = network.Nodes[1].CreateServer();
            await server.ListenAsync(served);
            for (var step = 0; step < 40; step++) await PlayAsync(network, served.PublicKey, step).WaitAsync(Patience);
        }

        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        TaskScheduler.UnobservedTaskException -= note;
        Assert.Empty(unseen);
    }

    [Theory]
    [InlineData("connect")]
    [InlineData("listen")]
    [InlineData("announce")]
    [InlineData("look up")]
    [InlineData("put")]
    public async Task Row47_CallCancelledAtEachOfItsDatagrams_LeavesNothingBehind(string what)
    {
        const int StepsMax = 60;
        await using var network = await TestNetwork.CreateAsync(5);
        using var served = KeyPair.Generate(SystemRandom.Instance);
        await using var server = network.Nodes[1].CreateServer();
        await server.ListenAsync(served);
        var counter = new SendCounter();
        await using var node = await DhtNode.StartAsync(new DhtOptions
        {
            Host = IPAddress.Loopback,
            Port = 0,
            Bootstrap = network.Bootstrap,
            Ephemeral = true,
            OpenSocket = (address, options) => new CountingSocket(DatagramSockets.Bind(address, options), counter),
        });
        await node.BootstrappedAsync().AsTask().WaitAsync(Patience);
        var sockets = counter.Open;

        var (cancelled, ended) = (0, 0);
        for (var step = 1; step <= StepsMax && ended < 3; step++)
        {
            using var cancel = new CancellationTokenSource();
            counter.Restart(step, cancel);
            try
            {
                await CallAsync(node, what, served.PublicKey, cancel.Token).WaitAsync(Patience);
            }
            catch (OperationCanceledException)
            {
                cancelled++;
            }

            // Past the last of its datagrams, a few times in a row: nothing is left to cancel.
            ended = counter.Sent < step ? ended + 1 : 0;
        }

        Assert.InRange(cancelled, 1, StepsMax);
        await Until(() => (counter.Open, node.Udx.StreamCount, node.ConnectionCount) == (sockets, 0, 0));
        Assert.Equal((sockets, 0, 0), (counter.Open, node.Udx.StreamCount, node.ConnectionCount));

        // And it works as before.
        counter.Restart(0, null!);
        await CallAsync(node, what, served.PublicKey, CancellationToken.None).WaitAsync(Patience);
    }

    private static async Task CallAsync(DhtNode node, string what, PublicKey served, CancellationToken cancellationToken)
    {
        using var pair = KeyPair.Generate(SystemRandom.Instance);
        switch (what)
        {
            case "connect":
                var connection = await node.ConnectAsync(served, null, cancellationToken);
                connection.Raw.Abort();
                await connection.DisposeAsync();
                break;
            case "listen":
                await using (var server = node.CreateServer()) await server.ListenAsync(pair, cancellationToken);
                break;
            case "announce":
                await node.AnnounceAsync(default, pair, [], cancellationToken);
                break;
            case "look up":
                await foreach (var reply in node.LookupAsync(new Topic(served.Value), cancellationToken)) Assert.NotEmpty(reply.Peers);
                break;
            default:
                await node.ImmutablePutAsync(new byte[] { 1, 2, 3 }, cancellationToken);
                break;
        }
    }

    private static async Task Until(Func<bool> condition)
    {
        for (var began = Stopwatch.StartNew(); !condition() && began.Elapsed < Patience;) await Task.Yield();
    }

    // Everything a node does at once; after so many turns it is cancelled, or disposed, or both.
    private static async Task PlayAsync(TestNetwork network, PublicKey served, int step)
    {
        using var cancel = new CancellationTokenSource();
        using var pair = KeyPair.Generate(SystemRandom.Instance);
        var node = await DhtNode.StartAsync(new DhtOptions { Host = IPAddress.Loopback, Port = 0, Bootstrap = network.Bootstrap, Ephemeral = true });
        var server = node.CreateServer();
        Task[] work =
        [
            Quiet(async () => await node.BootstrappedAsync(cancel.Token)),
            Quiet(async () => await node.ImmutablePutAsync(new byte[] { 1, (byte)step }, cancel.Token)),
            Quiet(async () => await node.AnnounceAsync(default, pair, [], cancel.Token)),
            Quiet(async () => await server.ListenAsync(pair, cancel.Token)),
            Quiet(async () => await (await node.ConnectAsync(served, null, cancel.Token)).DisposeAsync()),
            Quiet(async () => await node.SuspendAsync(cancel.Token)),
            Quiet(async () => await node.ResumeAsync(cancel.Token)),
        ];
        for (var turn = 0; turn < step * step; turn++) await Task.Yield();
        if (step % 3 != 0) await cancel.CancelAsync();
        if (step % 2 == 0) await Task.WhenAll(node.DisposeAsync().AsTask(), server.DisposeAsync().AsTask(), node.DisposeAsync().AsTask());
        await node.DisposeAsync();
        await server.DisposeAsync();
        await Task.WhenAll(work);
    }

    private static async Task Quiet(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception error) when (error is NashiException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // What an app would be told.
        }
    }

    private sealed class WrongClock(DateTimeOffset start) : TimeProvider
    {
        private DateTimeOffset _now = start;

        public void Jump(TimeSpan by) => _now += by;

        public override DateTimeOffset GetUtcNow() => _now;
    }
}
