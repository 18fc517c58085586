using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Encoding;
using Nashi.Testing;

namespace Nashi.Dht.Tests;

public sealed class TestNetworkTests
{
    [Fact]
    public async Task Network_OfOurNodes_StoresAndFindsFromManyCallersAtOnce()
    {
        await using var network = await TestNetwork.CreateAsync(5);
        var app = await network.AddNodeAsync();
        Assert.True(app.IsEphemeral);
        var work = Enumerable.Range(0, 40).Select(async i =>
        {
            var value = new[] { (byte)i, (byte)7 };
            var put = await app.ImmutablePutAsync(value);
            Assert.Equal(value, await network.Nodes[i % 5].ImmutableGetAsync(put.Hash));
        });
        await Task.WhenAll(work).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(0, app.GetStats().Silent);
    }

    [Fact]
    public async Task Node_WhoseNetworkIsAway_StartsAllTheSame()
    {
        await using var node = await DhtNode.StartAsync(
            new DhtOptions { Host = System.Net.IPAddress.Loopback, Port = 0, Bootstrap = [UdpAddress.FromIPv4(0x7f000001, 9)] });
        await node.BootstrappedAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        var error = await Assert.ThrowsAsync<DhtRequestFailedException>(async () => await node.ImmutablePutAsync(new byte[] { 1 }));
        Assert.Equal("TOO_FEW_NODES", error.Code);
        Assert.True(error.IsTransient);
    }

    [Fact]
    public async Task Node_DisposedWhileAsking_EndsWhatWaits()
    {
        var node = await DhtNode.StartAsync(
            new DhtOptions { Host = System.Net.IPAddress.Loopback, Port = 0, Bootstrap = [UdpAddress.FromIPv4(0x7f000001, 9)] });
        var asking = node.ImmutableGetAsync(default(Bytes32)).AsTask();
        await node.DisposeAsync();
        await node.DisposeAsync();
        Assert.Null(await asking.WaitAsync(TimeSpan.FromSeconds(60)));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await node.ImmutableGetAsync(default(Bytes32)));
    }

    [Fact]
    public async Task Lookup_WhenCancelled_Ends()
    {
        await using var node = await DhtNode.StartAsync(
            new DhtOptions { Host = System.Net.IPAddress.Loopback, Port = 0, Bootstrap = [UdpAddress.FromIPv4(0x7f000001, 9)] });
        using var cancel = new CancellationTokenSource();
        var announcing = node.AnnounceAsync(default, node.DefaultKeyPair, [], cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => announcing.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task VirtualClock_Advanced_FiresTimersInOrder()
    {
        var clock = new VirtualClock();
        var fired = new List<string>();
        await using var late = clock.CreateTimer(_ => fired.Add($"late {clock.Elapsed.TotalSeconds}"), null, TimeSpan.FromSeconds(5), Timeout.InfiniteTimeSpan);
        await using var often = clock.CreateTimer(_ => fired.Add($"often {clock.Elapsed.TotalSeconds}"), null, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));
        var delay = Task.Delay(TimeSpan.FromSeconds(3), clock);
        clock.Advance(TimeSpan.FromSeconds(4.5));
        await delay.WaitAsync(TimeSpan.FromSeconds(60));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["often 2", "often 4", "late 5"], fired);
        Assert.Equal(TimeSpan.FromSeconds(6), clock.NextTimer);
    }
}
