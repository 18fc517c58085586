using Nashi.Encoding;
using Nashi.Hypercore.Replication;
using Nashi.Hypercore.Seam;
using Nashi.Protomux;
using Nashi.SecretStream;
using Xunit;

namespace Nashi.Hypercore.Tests.Replication;

public sealed class ReplicatorTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fetch_OfABlockThePeerHas_BringsIt()
    {
        var (writer, reader) = Pair();
        writer.Append(10);
        await using var wire = Wire.Between(writer.Replicator, reader.Replicator);
        Assert.True(await reader.Replicator.FetchBlockAsync(7, false, Token).AsTask().WaitAsync(Patience, Token));
        Assert.True(reader.Has(7));
        Assert.Equal(10UL, reader.Tip.Length);
        Assert.Equal(1, reader.Stored);
    }

    [Fact]
    public async Task Fetch_BeforeAnyPeer_WaitsForOne()
    {
        var (writer, reader) = Pair();
        writer.Append(3);
        var fetch = reader.Replicator.FetchBlockAsync(2, false, Token).AsTask();
        await using var wire = Wire.Between(reader.Replicator, writer.Replicator);
        Assert.True(await fetch.WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task Fetch_OfABlockToCome_BringsItWithTheUpgrade()
    {
        var (writer, reader) = Pair();
        writer.Append(3);
        await using var wire = Wire.Between(reader.Replicator, writer.Replicator);
        await Until(() => reader.Tip.Length == 3);
        var fetch = reader.Replicator.FetchBlockAsync(3, false, Token).AsTask();
        writer.Append(1);
        Assert.True(await fetch.WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task Fetch_Cancelled_EndsAndOthersGoOn()
    {
        var (writer, reader) = Pair();
        using var cancel = new CancellationTokenSource();
        var lost = reader.Replicator.FetchBlockAsync(1, false, cancel.Token).AsTask();
        var kept = reader.Replicator.FetchBlockAsync(1, false, Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lost);
        writer.Append(2);
        await using var wire = Wire.Between(reader.Replicator, writer.Replicator);
        Assert.True(await kept.WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task Fetch_ThatMayGiveUp_EndsWhenNobodyHasIt()
    {
        var (writer, reader) = Pair();
        Assert.False(await reader.Replicator.FetchBlockAsync(1, true, Token).AsTask().WaitAsync(Patience, Token));
        writer.Append(20);
        writer.Clear(5, 1);
        await using var wire = Wire.Between(reader.Replicator, writer.Replicator);
        Assert.True(await reader.Replicator.FetchBlockAsync(4, true, Token).AsTask().WaitAsync(Patience, Token));
        Assert.False(await reader.Replicator.FetchBlockAsync(5, true, Token).AsTask().WaitAsync(Patience, Token));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Download_OfEverything_EndsAndAsksForNothingTwice(bool isLinear)
    {
        var (writer, reader) = Pair();
        writer.Append(1500);
        await using var wire = Wire.Between(reader.Replicator, writer.Replicator);
        var download = reader.Replicator.Download(0, 1500, isLinear);
        Assert.True(await download.Completed.WaitAsync(Patience, Token));
        Assert.Equal(1500UL, reader.ContiguousLength);
        Assert.Equal(1500, reader.Stored);
        Assert.Equal(0, reader.Doubles);
    }

    [Fact]
    public async Task Download_ThatFollows_BringsWhatIsAppended()
    {
        var (writer, reader) = Pair();
        await using var wire = Wire.Between(reader.Replicator, writer.Replicator);
        var download = reader.Replicator.Download(0, null, true);
        for (ulong length = 1; length <= 50; length++)
        {
            writer.Append(1);
            await Until(() => reader.ContiguousLength >= length);
        }

        download.Cancel();
        Assert.False(await download.Completed);
    }

    [Fact]
    public async Task Download_FromTwoWhoHaveHalfEach_Completes()
    {
        var key = FakeCore.NewKey(1);
        var (even, odd, reader) = (new FakeCore(key), new FakeCore(key), new FakeCore(key));
        even.Append(600);
        odd.Append(600);
        for (ulong i = 0; i < 600; i += 2)
        {
            even.Clear(i + 1, 1);
            odd.Clear(i, 1);
        }

        await using var first = Wire.Between(reader.Replicator, even.Replicator);
        await using var second = Wire.Between(odd.Replicator, reader.Replicator);
        Assert.True(await reader.Replicator.Download(0, 600, false).Completed.WaitAsync(Patience, Token));
        Assert.Equal(600, reader.Stored);
    }

    [Fact]
    public async Task Download_WhenAPeerLeavesInTheMiddle_CompletesFromTheOther()
    {
        var key = FakeCore.NewKey(1);
        var (silent, honest, reader) = (new FakeCore(key), new FakeCore(key), new FakeCore(key));
        silent.Append(400);
        honest.Append(400);
        await using var first = Wire.Between(reader.Replicator, honest.Replicator);
        await Until(() => reader.Tip.Length == 400);
        silent.IsSilent = true;
        var second = Wire.Between(reader.Replicator, silent.Replicator);
        await Until(() => reader.Replicator.PeerCount == 2);
        var download = reader.Replicator.Download(0, 400, false);
        await Until(() => reader.Stored > 100);
        await second.DisposeAsync();
        Assert.True(await download.Completed.WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task Download_WhenAPeerIsSilent_IsTakenOverByTheOther()
    {
        var key = FakeCore.NewKey(1);
        var (silent, honest, reader) = (new FakeCore(key), new FakeCore(key), new FakeCore(key));
        silent.Append(400);
        honest.Append(400);
        await using var first = Wire.Between(reader.Replicator, honest.Replicator);
        await Until(() => reader.Tip.Length == 400);
        silent.IsSilent = true;
        await using var second = Wire.Between(reader.Replicator, silent.Replicator);
        await Until(() => reader.Replicator.PeerCount == 2);
        Assert.True(await reader.Replicator.Download(0, 400, false).Completed.WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task Download_WhenTheDiskWasFull_GoesOnLater()
    {
        var (writer, reader) = Pair();
        writer.Append(40);
        await using var wire = Wire.Between(reader.Replicator, writer.Replicator);
        await Until(() => reader.Tip.Length == 40);
        reader.WriteFailures = 3;
        Assert.True(await reader.Replicator.Download(0, 40, false).Completed.WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task Update_WithNoPeer_SaysNo()
    {
        var (_, reader) = Pair();
        Assert.False(await reader.Replicator.UpdateAsync(false, Token));
    }

    [Fact]
    public async Task Update_WithAPeerThatHasNoMore_SaysNo()
    {
        var (writer, reader) = Pair();
        writer.Append(2);
        await using var wire = Wire.Between(reader.Replicator, writer.Replicator);
        await Until(() => reader.Tip.Length == 2);
        Assert.False(await reader.Replicator.UpdateAsync(false, Token).AsTask().WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task Update_ThatWaits_EndsWhenAPeerBringsMore()
    {
        var (writer, reader) = Pair();
        writer.Append(2);
        var update = reader.Replicator.UpdateAsync(true, Token).AsTask();
        await using var wire = Wire.Between(reader.Replicator, writer.Replicator);
        Assert.True(await update.WaitAsync(Patience, Token));
        Assert.Equal(2UL, reader.Tip.Length);
    }

    [Fact]
    public async Task Seek_InUnknownBlocks_AsksThePeer()
    {
        var (writer, reader) = Pair();
        writer.Append(20);
        await using var wire = Wire.Between(reader.Replicator, writer.Replicator);
        await Until(() => reader.Tip.Length == 20);
        var found = await reader.Replicator.SeekAsync(100, 0, Token).AsTask().WaitAsync(Patience, Token);
        Assert.Equal(new SeekResult(true, 6, 4, 0, 0), found);
        Assert.Null(await reader.Replicator.SeekAsync(10000, 0, Token));
    }

    [Fact]
    public async Task Truncation_ByTheWriter_IsFollowed()
    {
        var (writer, reader) = Pair();
        writer.Append(20);
        await using var wire = Wire.Between(reader.Replicator, writer.Replicator);
        Assert.True(await reader.Replicator.Download(0, 20, false).Completed.WaitAsync(Patience, Token));
        writer.Truncate(5);
        writer.Append(3);
        await Until(() => reader.Tip is { Fork: 1, Length: 8 });
        Assert.True(await reader.Replicator.Download(0, 8, false).Completed.WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task Manifest_OfAnEmptyCore_IsFetched()
    {
        var (writer, reader) = Pair();
        reader.Manifest = null;
        await using var wire = Wire.Between(reader.Replicator, writer.Replicator);
        await Until(() => reader.Manifest is not null);
    }

    [Fact]
    public async Task Liar_IsExpelled()
    {
        var key = FakeCore.NewKey(1);
        var (liar, honest, reader) = (new FakeCore(key), new FakeCore(key), new FakeCore(key));
        liar.Append(3000);
        honest.Append(3000);
        await using var first = Wire.Between(reader.Replicator, honest.Replicator);
        await Until(() => reader.Tip.Length == 3000);
        liar.Lies = true;
        await using var second = Wire.Between(reader.Replicator, liar.Replicator);
        await Until(() => reader.Replicator.PeerCount == 2);
        var download = reader.Replicator.Download(0, 3000, false);
        Assert.True(await download.Completed.WaitAsync(Patience, Token));
        reader.Clear(0, 3000);
        _ = reader.Replicator.Download(0, null, false);
        var reason = await second.Left.Mux.Closed.WaitAsync(Patience, Token);
        Assert.Equal(CloseKind.ProtocolViolation, reason.Kind);
        Assert.Contains(second.Left.Mux.Stream.RemotePublicKey.ToString(), reason.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stranger_WithoutTheKey_IsExpelled()
    {
        var writer = new FakeCore(FakeCore.NewKey(1));
        await using var wire = new Wire();
        _ = wire.Left.Attach(writer.Replicator);
        var handler = new SilentHandler();
        _ = wire.Right.Mux.TryOpen(new ChannelOptions { Protocol = "hypercore/alpha", Id = writer.DiscoveryKey.Value.ToArray(), Handshake = new byte[33], Handler = handler });
        wire.Start();
        var reason = await wire.Left.Mux.Closed.WaitAsync(Patience, Token);
        Assert.Equal(CloseKind.ProtocolViolation, reason.Kind);
    }

    [Fact]
    public async Task UnknownCore_IsAskedFor()
    {
        var (writer, reader) = Pair();
        writer.Append(4);
        CoreReplication? left = null;
        await using var wire = new Wire(key =>
        {
            if (key == writer.DiscoveryKey) _ = left!.Attach(writer.Replicator);
            return default;
        });
        left = wire.Left;
        wire.Start();
        _ = wire.Right.Attach(reader.Replicator);
        Assert.True(await reader.Replicator.FetchBlockAsync(3, false, Token).AsTask().WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task Detach_OfACore_LeavesTheOther()
    {
        var (writer, reader) = Pair();
        var (other, copy) = (new FakeCore(FakeCore.NewKey(2)), new FakeCore(FakeCore.NewKey(2)));
        writer.Append(4);
        other.Append(4);
        await using var wire = Wire.Between(writer.Replicator, reader.Replicator);
        _ = wire.Left.Attach(other.Replicator);
        _ = wire.Right.Attach(copy.Replicator);
        await Until(() => copy.Tip.Length == 4 && reader.Tip.Length == 4);
        Assert.True(wire.Left.Detach(writer.Replicator));
        await Until(() => reader.Replicator.PeerCount == 0);
        Assert.True(await copy.Replicator.FetchBlockAsync(1, false, Token).AsTask().WaitAsync(Patience, Token));
        Assert.True(wire.Left.Attach(writer.Replicator));
        Assert.True(await reader.Replicator.FetchBlockAsync(1, false, Token).AsTask().WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task Idle_OnBothSides_ClosesAndOpensAgain()
    {
        var (writer, reader) = Pair();
        writer.Append(2);
        writer.Replicator.IsDownloading = false;
        await using var wire = Wire.Between(writer.Replicator, reader.Replicator);
        Assert.True(await reader.Replicator.FetchBlockAsync(1, false, Token).AsTask().WaitAsync(Patience, Token));
        reader.Replicator.IsDownloading = false;
        await Until(() => reader.Replicator.PeerCount == 0 && writer.Replicator.PeerCount == 0);
        reader.Replicator.IsDownloading = true;
        Assert.True(await reader.Replicator.FetchBlockAsync(0, false, Token).AsTask().WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task Closing_EndsEveryWait()
    {
        var (_, reader) = Pair();
        var fetch = reader.Replicator.FetchBlockAsync(1, false, Token).AsTask();
        var update = reader.Replicator.UpdateAsync(true, Token).AsTask();
        var download = reader.Replicator.Download(0, null, false);
        reader.Replicator.OnClosing();
        Assert.False(await fetch.WaitAsync(Patience, Token));
        Assert.False(await update.WaitAsync(Patience, Token));
        Assert.False(await download.Completed.WaitAsync(Patience, Token));
        await reader.Replicator.DisposeAsync();
    }

    private static (FakeCore Writer, FakeCore Reader) Pair()
    {
        var key = FakeCore.NewKey(1);
        return (new FakeCore(key), new FakeCore(key));
    }

    private static async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private sealed class SilentHandler : IChannelHandler
    {
        public void OnOpen(Channel channel, ReadOnlySpan<byte> handshake)
        {
        }

        public ValueTask OnMessageAsync(Channel channel, int type, ReadOnlyMemory<byte> payload) => default;

        public void OnDrain(Channel channel)
        {
        }

        public void OnClose(Channel channel, bool isRemote)
        {
        }
    }
}
