using Nashi.Encoding;
using Nashi.SecretStream;

namespace Nashi.Protomux.Tests;

public sealed class MuxCoreTests
{
    [Fact]
    public void Receive_MessagesBeforeWeOpen_AreHeldAndFollowTheOpen()
    {
        var kit = new CoreKit { RejectsAtOnce = false };
        kit.Receive("000101016100" + "aabb");
        kit.Receive("010001");
        kit.Receive("010502");
        Assert.Equal(["Pair"], kit.Events);
        _ = kit.Open("a");
        Assert.Equal(["Pair", "Open 0 aabb", "Message 0 0 01", "Message 0 5 02"], kit.Events);
    }

    [Fact]
    public void Receive_RemoteClosesBeforeWeOpen_OpensThenCloses()
    {
        var kit = new CoreKit { RejectsAtOnce = false };
        kit.Receive("000101016100");
        kit.Receive("010001");
        kit.Receive("000301");
        _ = kit.Open("a");
        Assert.Equal(["Pair", "Open 0", "Message 0 0 01", "Close 0 remote"], kit.Events);
    }

    [Fact]
    public void Receive_Batch_SwitchesChannels()
    {
        var kit = new CoreKit();
        _ = kit.Open("a");
        _ = kit.Open("b");
        kit.Receive("000101016100");
        kit.Receive("000102016200");
        kit.Events.Clear();
        kit.Receive("000001" + "020061" + "020107" + "0002" + "0100" + "0001" + "020062");
        Assert.Equal(["Message 0 0 61", "Message 0 1 07", "Message 1 0", "Message 0 0 62"], kit.Events);
    }

    [Fact]
    public void Receive_OpensInsideABatch_Pair()
    {
        var kit = new CoreKit();
        _ = kit.Open("a");
        _ = kit.TakeSent();
        kit.Receive("000000" + "0501" + "01" + "0161" + "00" + "0001" + "020061" + "0000" + "020301");
        Assert.Equal(["Open 0", "Message 0 0 61", "Close 0 remote"], kit.Events);
        Assert.Empty(kit.TakeSent());
    }

    [Fact]
    public void Receive_Alias_PairsWithOurName()
    {
        var kit = new CoreKit();
        _ = kit.Open("new", "01", "", unique: true, "old", "older");
        kit.Receive("0001010" + "56f6c646572" + "0101");
        Assert.Equal(["Open 0"], kit.Events);
        Assert.True(kit.Core.HasOpen(Protocol.ChannelKey.Of("new", [1])));
    }

    [Fact]
    public void Receive_AliasBeforeWeOpen_Pairs()
    {
        var kit = new CoreKit { RejectsAtOnce = false };
        kit.Receive("0001010" + "36f6c64" + "00");
        _ = kit.Open("new", null, "", unique: true, "old");
        Assert.Equal(["Pair", "Open 0"], kit.Events);
        kit.Core.CompletePairing(Protocol.ChannelKey.Of("old", []));
        Assert.DoesNotContain(kit.TakeSent(), frame => frame.StartsWith("0002", StringComparison.Ordinal));
    }

    [Fact]
    public void Open_SecondWithTheSameKey_IsRefusedUntilTheFirstCloses()
    {
        var kit = new CoreKit();
        var first = kit.Open("a")!;
        Assert.Null(kit.Open("a"));
        Assert.NotNull(kit.Open("a", "01"));
        kit.Core.Close(first);
        Assert.NotNull(kit.Open("a"));
    }

    [Fact]
    public void Receive_Reject_ClosesAndFreesTheNumber()
    {
        var kit = new CoreKit();
        _ = kit.Open("a");
        kit.Receive("000201");
        Assert.Equal(["Close 0 remote"], kit.Events);
        _ = kit.TakeSent();
        _ = kit.Open("b");
        Assert.Equal("000101016200", kit.TakeSent()[0]);
    }

    [Fact]
    public void Receive_UnknownChannelTypeOrControl_IsIgnored()
    {
        var kit = new CoreKit();
        foreach (var frame in new[] { "", "0500", "000399", "0063", "000300", "000000" }) kit.Receive(frame);
        Assert.Null(kit.Violation);
        Assert.Empty(kit.Events);
    }

    [Theory]
    [InlineData("00")]
    [InlineData("01")]
    [InlineData("fd")]
    [InlineData("ff0000000000000020")]
    [InlineData("0000")]
    [InlineData("00000003")]
    [InlineData("0000000200")]
    [InlineData("000000" + "00")]
    [InlineData("000001" + "ff00000000000000ff")]
    [InlineData("0001")]
    [InlineData("000100016100")]
    [InlineData("000102016100")]
    [InlineData("0001fe00000001016100")]
    [InlineData("000101ff61")]
    [InlineData("0001010161ff")]
    [InlineData("0001010161fd0010")]
    [InlineData("000101" + "01ff" + "00")]
    [InlineData("0002")]
    [InlineData("000201")]
    [InlineData("000200")]
    [InlineData("0003")]
    public void Receive_Malformed_IsAViolation(string frame)
    {
        var kit = new CoreKit();
        kit.Receive(frame);
        Assert.True(kit.Violation is { Kind: CloseKind.ProtocolViolation }, string.Join(", ", kit.Events));
        kit.Receive("000101016100");
        Assert.DoesNotContain("Pair", kit.Events);
    }

    [Fact]
    public void Receive_SameNumberTwice_IsAViolation()
    {
        var kit = new CoreKit { RejectsAtOnce = false };
        kit.Receive("000101016100");
        kit.Receive("000101016200");
        Assert.Equal(CloseKind.ProtocolViolation, kit.Violation!.Kind);
    }

    [Fact]
    public void Receive_NestedBatches_AreRefusedWithAFlatStack()
    {
        // Thousands of batches in batches: the reference's process ends, and a recursive decoder's stack would overflow.
        byte[] nested = [0, 0, 0];
        for (var i = 0; i < 5000; i++) nested = Nest(nested);
        var kit = new CoreKit();
        kit.Receive(nested);
        Assert.Equal(CloseKind.ProtocolViolation, kit.Violation!.Kind);
        new CoreKit().Receive(new byte[1 << 20]);
    }

    [Fact]
    public void Receive_TooManyChannels_IsALimit()
    {
        var kit = new CoreKit(new MuxOptions { MaxRemoteChannels = 3 }) { RejectsAtOnce = false };
        for (var i = 1; i <= 4; i++) kit.Receive($"00010{i}016100");
        Assert.Equal(CloseKind.LimitExceeded, kit.Violation!.Kind);
        Assert.Equal(3, kit.Events.Count(e => e == "Pair"));
    }

    [Fact]
    public void Receive_TooManyUndecided_PausesUntilDecided()
    {
        var kit = new CoreKit(new MuxOptions { MaxPendingOpens = 2 }) { RejectsAtOnce = false };
        for (var i = 1; i <= 3; i++) kit.Receive($"00010{i}016{i}00");
        Assert.True(kit.Core.IsPaused);
        kit.Receive("0001040164" + "00");
        Assert.True(kit.Core.HasInput);
        kit.Core.CompletePairing(Protocol.ChannelKey.Of("a", []));
        kit.Poll();
        Assert.False(kit.Core.HasInput);
        Assert.Equal(4, kit.Events.Count(e => e == "Pair"));
    }

    [Fact]
    public void Receive_TooMuchHeldBack_PausesUntilDecided()
    {
        var kit = new CoreKit { RejectsAtOnce = false };
        kit.Receive("000101016100");
        var sent = 0;
        for (; !kit.Core.IsPaused; sent++) kit.Receive("0100" + new string('0', 2000));
        Assert.InRange(sent, 15, 40);
        _ = kit.Open("a");
        Assert.False(kit.Core.IsPaused);
        Assert.Equal(sent, kit.Events.Count(e => e.StartsWith("Message", StringComparison.Ordinal)));
    }

    [Fact]
    public void Receive_OpensThatNobodyReadsTheRejectionsOf_IsALimit()
    {
        var kit = new CoreKit(new MuxOptions { MaxUnreadRejections = 10 }) { Drains = false };
        for (var i = 0; i < 100 && kit.Violation is null; i++) kit.Receive("000101016100");
        Assert.Equal(CloseKind.LimitExceeded, kit.Violation!.Kind);
    }

    [Fact]
    public void Receive_OpenAndCloseStorm_KeepsNothing()
    {
        var kit = new CoreKit();
        for (var i = 0; i < 10_000; i++) kit.Receive("000101016100" + "0102");
        Assert.Null(kit.Violation);
        Assert.Equal(10_000, kit.TakeSent().Length);
        Assert.False(kit.Core.IsPaused);
    }

    [Fact]
    public void Send_WhenNotDrained_StarvesAndTellsOnce()
    {
        var kit = new CoreKit { Drains = false };
        var channel = kit.Open("a")!;
        Assert.False(kit.Core.Send(channel, 0, [1]));
        Assert.False(kit.Core.Send(channel, 0, [2]));
        kit.Core.HandleDrained();
        kit.Poll();
        Assert.Equal(["Drain 0"], kit.Events);
    }

    [Fact]
    public void Shutdown_Channels_CloseOnceAndSendNothing()
    {
        var kit = new CoreKit();
        var channel = kit.Open("a")!;
        _ = kit.Open("b");
        _ = kit.TakeSent();
        kit.Core.Shutdown(isRemote: true);
        kit.Core.Shutdown(isRemote: true);
        kit.Poll();
        Assert.Equal(["Close 0 remote", "Close 1 remote"], kit.Events);
        Assert.False(kit.Core.Send(channel, 0, [1]));
        Assert.Null(kit.Open("c"));
        Assert.Empty(kit.TakeSent());
    }

    [Fact]
    public void Uncork_MoreOftenThanCorked_Throws()
    {
        _ = Assert.Throws<InvalidOperationException>(() => new CoreKit().Core.Uncork());
    }

    [Fact]
    public void Send_CorkedBeyondTheMark_SplitsBatches()
    {
        var kit = new CoreKit(new MuxOptions { MaxBatchSize = 1000 });
        var channel = kit.Open("a")!;
        _ = kit.TakeSent();
        kit.Core.Cork();
        for (var i = 0; i < 100; i++) _ = kit.Core.Send(channel, 0, new byte[100]);
        kit.Core.Uncork();
        var frames = kit.TakeSent();
        Assert.InRange(frames.Length, 10, 15);
        Assert.All(frames[..^1], frame => Assert.StartsWith("000001", frame, StringComparison.Ordinal));
    }

    [Fact]
    public void TwoCores_RandomCalls_NeverBreakEachOther()
    {
        for (var seed = 1UL; seed <= 200; seed++)
        {
            try
            {
                Converse(seed);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"Seed {seed}", error);
            }
        }
    }

    // Two cores act at random, with frames in flight both ways; in the end what one closed the other has closed too.
    private static void Converse(ulong seed)
    {
        IRandom random = new SeededRandom(seed);
        CoreKit[] sides = [new(), new()];
        Queue<string>[] wires = [new(), new()];
        for (var step = 0; step < 400; step++)
        {
            var at = random.Next(2);
            Act(sides[at], random);
            Collect();
            if (random.Next(2) == 0 && wires[at].TryDequeue(out var frame)) sides[1 - at].Receive(frame);
            Collect();
        }

        foreach (var side in sides)
        {
            foreach (var channel in side.Channels) side.Core.Close(channel);
        }

        Collect();
        while (wires.Any(w => w.Count > 0))
        {
            for (var at = 0; at < 2; at++)
            {
                if (wires[at].TryDequeue(out var frame)) sides[1 - at].Receive(frame);
                Collect();
            }
        }

        foreach (var side in sides)
        {
            side.Poll();
            Assert.Null(side.Violation);
            Assert.Equal(side.Channels.Count, side.Events.Count(e => e.StartsWith("Close", StringComparison.Ordinal)));
            Assert.All(side.Channels, channel => Assert.True(channel.IsClosed));
        }

        void Collect()
        {
            for (var at = 0; at < 2; at++)
            {
                foreach (var frame in sides[at].TakeSent()) wires[at].Enqueue(frame);
            }
        }
    }

    private static void Act(CoreKit side, IRandom random)
    {
        var open = side.Channels.Where(c => !c.IsClosed).ToArray();
        switch (random.Next(4))
        {
            case 0:
                _ = side.Open("abc"[random.Next(3)].ToString(), null, "", unique: random.Next(2) == 0);
                break;
            case 1 when open.Length > 0:
                side.Core.Close(open[random.Next(open.Length)]);
                break;
            case 2 when open.Length > 0:
                side.Core.Cork();
                for (var i = random.Next(4); i >= 0; i--) _ = side.Core.Send(open[random.Next(open.Length)], random.Next(3), new byte[random.Next(20)]);
                side.Core.Uncork();
                break;
            default:
                if (open.Length > 0) _ = side.Core.Send(open[random.Next(open.Length)], 1, [9]);
                break;
        }
    }

    private static byte[] Nest(byte[] inner)
    {
        var frame = new byte[inner.Length + 16];
        var writer = new CompactWriter(frame);
        writer.WriteByte(0);
        writer.WriteByte(0);
        writer.WriteByte(0);
        writer.WriteBuffer(inner.AsSpan(1));
        return frame[..writer.Written];
    }
}
