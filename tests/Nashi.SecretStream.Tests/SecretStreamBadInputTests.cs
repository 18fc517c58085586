using System.Text.Json;
using Nashi.TestKit;
using static Nashi.SecretStream.Tests.StreamKit;

namespace Nashi.SecretStream.Tests;

/// <summary>Whatever a stranger writes closes the stream with a typed reason; nothing throws.</summary>
public sealed class SecretStreamBadInputTests
{
    private static readonly JsonElement Remote = Vectors.Load("secretstream").GetProperty("responder");

    public static TheoryData<string, CloseKind> Cases { get; } = new()
    {
        { "", CloseKind.RawClosed },
        { "00", CloseKind.RawClosed },
        { "380000", CloseKind.RawClosed },
        { "000000", CloseKind.InvalidHeader },
        { "370000" + new string('0', 110), CloseKind.InvalidHeader },
        { "390000", CloseKind.InvalidHeader },
        { "ffffff", CloseKind.InvalidHeader },
        { "380000" + new string('0', 112), CloseKind.InvalidHeader },
        { "H" + "00", CloseKind.RawClosed },
        { "H" + "120000" + "00", CloseKind.RawClosed },
        { "H" + "000000", CloseKind.InvalidFrame },
        { "H" + "100000" + "00000000000000000000000000000000", CloseKind.InvalidFrame },
        { "H" + "110000" + "0000000000000000000000000000000000", CloseKind.NotAuthentic },
        { "H" + "ffffff", CloseKind.FrameTooLarge },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task ReadAsync_BadBytes_ClosesTyped(string hex, CloseKind kind)
    {
        var bytes = hex.StartsWith('H') ? [.. Remote.Bytes("header"), .. Convert.FromHexString(hex[1..])] : Convert.FromHexString(hex);
        Assert.Equal(kind, await FeedAsync(bytes));
    }

    [Fact]
    public async Task ReadAsync_OwnHeaderReflected_IsRefused()
    {
        Assert.Equal(CloseKind.InvalidHeader, await FeedAsync(Vectors.Load("secretstream").GetProperty("initiator").Bytes("header")));
    }

    [Fact]
    public async Task ReadAsync_FrameReplayed_IsNotAuthentic()
    {
        var frame = Remote.GetProperty("frames")[1].Bytes();
        var first = Remote.GetProperty("frames")[0].Bytes();
        Assert.Equal(CloseKind.NotAuthentic, await FeedAsync([.. Remote.Bytes("header"), .. first, .. frame, .. frame], messages: 2));
    }

    [Fact]
    public async Task ReadAsync_FramesSwapped_IsNotAuthentic()
    {
        var frames = Remote.GetProperty("frames");
        Assert.Equal(CloseKind.NotAuthentic, await FeedAsync([.. Remote.Bytes("header"), .. frames[1].Bytes(), .. frames[0].Bytes()]));
    }

    [Fact]
    public async Task ReadAsync_EachBitOfAFrameFlipped_NeverGivesAMessage()
    {
        var frame = Remote.GetProperty("frames")[0].Bytes();
        for (var bit = 24; bit < frame.Length * 8; bit++)
        {
            var bent = frame.ToArray();
            bent[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal(CloseKind.NotAuthentic, await FeedAsync([.. Remote.Bytes("header"), .. bent]));
        }
    }

    [Fact]
    public async Task ReadAsync_EachTruncation_IsRawClosedOrEnd()
    {
        byte[] all = [.. Remote.Bytes("header"), .. Remote.GetProperty("frames")[0].Bytes()];
        for (var length = 0; length < all.Length; length++)
        {
            if (length == Remote.Bytes("header").Length) continue;
            Assert.Equal(CloseKind.RawClosed, await FeedAsync(all[..length]));
        }
    }

    [Fact]
    public async Task ReadAsync_ByteByByte_GivesTheSameMessages()
    {
        var (raw, remote) = RawPair.Create();
        await using var stream = SecretStream.Open(raw, Keys(true));
        byte[] all = [.. Remote.Bytes("header"), .. Remote.GetProperty("frames").EnumerateArray().SelectMany(f => f.Bytes())];
        foreach (var one in all) await remote.WriteAsync(new[] { one });
        foreach (var message in Vectors.Load("secretstream").GetProperty("messages").EnumerateArray()) Assert.Equal(message.Bytes(), (await stream.NextAsync())!);
    }

    [Fact]
    public async Task ReadAsync_GiantFrameAnnounced_TakesNoMemoryForIt()
    {
        var (raw, remote) = RawPair.Create();
        await using var stream = SecretStream.Open(raw, Keys(true));
        await remote.WriteAsync(Remote.Bytes("header"));
        await remote.WriteAsync(new byte[] { 0xff, 0xff, 0xff, 1, 2, 3 });
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var read = stream.ReadAsync().AsTask();
        await remote.WriteAsync(new byte[100]);
        Assert.False(read.IsCompleted);
        Assert.True(GC.GetTotalAllocatedBytes(precise: true) - before < 256 * 1024);
        stream.Abort(CloseReason.Local);
        Assert.True((await read.WaitAsync(Patience)).IsCompleted);
    }

    [Fact]
    public async Task ReceiveUnordered_Garbage_IsIgnored()
    {
        var (raw, remote) = RawPair.Create();
        await using var stream = SecretStream.Open(raw, Keys(true));
        var got = 0;
        stream.SetMessageHandler(_ => got++);
        var random = new SeededRandom(1);
        for (var length = 0; length < 200; length++)
        {
            var bytes = new byte[length];
            random.Fill(bytes);
            Assert.True(remote.TrySendMessage(bytes));
        }

        Assert.Equal(0, got);
        Assert.False(stream.Closed.IsCompleted);
    }

    private static async Task<CloseKind> FeedAsync(byte[] bytes, int messages = 0)
    {
        var (raw, remote) = RawPair.Create();
        await using var stream = SecretStream.Open(raw, Keys(true), new SecretStreamOptions { MaxFrameSize = 1 << 20 });
        await remote.WriteAsync(bytes);
        await remote.ShutdownAsync();
        for (var i = 0; i < messages; i++) Assert.NotNull(await stream.NextAsync());
        Assert.Null(await stream.NextAsync());
        Assert.False(stream.Write([1]));
        return (await stream.WhyAsync()).Kind;
    }
}
