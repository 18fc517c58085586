namespace Nashi.Datagrams.Tests;

/// <summary>Both kinds of socket, on loopback.</summary>
public sealed class DatagramSocketTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static TheoryData<bool, string> Kinds => new()
    {
        { false, "127.0.0.1:0" },
        { true, "127.0.0.1:0" },
        { false, "[::1]:0" },
        { true, "[::1]:0" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Send_OneDatagram_ArrivesWithItsSender(bool portable, string address)
    {
        using var a = Bind(portable, address);
        using var b = Bind(portable, address);
        Assert.True(a.Send("hello"u8, 5, b.LocalAddress));
        var (bytes, from) = Assert.Single(Receive(b, 1));
        Assert.Equal("hello"u8.ToArray(), bytes);
        Assert.Equal(a.LocalAddress, from);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Send_Segments_ArriveAsDatagrams(bool portable, string address)
    {
        using var a = Bind(portable, address);
        using var b = Bind(portable, address);
        var bytes = new byte[(1200 * 19) + 77];
        new SeededRandom(1).Fill(bytes);
        Assert.True(a.Send(bytes, 1200, b.LocalAddress));
        var got = Receive(b, 20);
        Assert.Equal(Enumerable.Repeat(1200, 19).Append(77), got.Select(datagram => datagram.Bytes.Length));
        Assert.Equal(bytes, got.SelectMany(datagram => datagram.Bytes).ToArray());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Send_TimeToLive_Arrives(bool portable, string address)
    {
        using var a = Bind(portable, address);
        using var b = Bind(portable, address);
        Assert.True(a.Send([1], 1, b.LocalAddress, timeToLive: 5));
        Assert.True(a.Send([2], 1, b.LocalAddress));
        Assert.Equal([1, 2], Receive(b, 2).Select(datagram => (int)datagram.Bytes[0]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Send_OtherFamilyOrClosed_IsRefused(bool portable)
    {
        var socket = Bind(portable, "127.0.0.1:0");
        Assert.True(UdpAddress.TryParse("[::1]:9", out var ipv6));
        Assert.False(socket.Send([1], 1, ipv6));
        var self = socket.LocalAddress;
        socket.Dispose();
        Assert.False(socket.Send([1], 1, self));
        socket.Wake();
        socket.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Bind_PortInUse_SaysSo(bool portable)
    {
        using var first = Bind(portable, "127.0.0.1:0");
        var error = Assert.Throws<DatagramException>(() => DatagramSockets.Bind(first.LocalAddress, new DatagramOptions { IsPortable = portable }));
        Assert.Equal("EADDRINUSE", error.Code);
        Assert.Contains("port", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wake_WhileWaiting_EndsTheWait(bool portable)
    {
        using var socket = Bind(portable, "127.0.0.1:0");
        var waiting = Task.Run(() => socket.Wait(Timeout.InfiniteTimeSpan));
        socket.Wake();
        await waiting.WaitAsync(Patience);

        Assert.Empty(Receive(socket, 0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Receive_NothingThere_ReturnsAtOnce(bool portable)
    {
        using var socket = Bind(portable, "127.0.0.1:0");
        socket.Wait(TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, socket.Receive((_, _) => Assert.Fail("Nothing was sent.")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Receive_AfterAnUnreachablePort_GoesOn(bool portable)
    {
        using var a = Bind(portable, "127.0.0.1:0");
        var gone = Bind(portable, "127.0.0.1:0");
        var nobody = gone.LocalAddress;
        gone.Dispose();
        _ = a.Send([1], 1, nobody);
        using var b = Bind(portable, "127.0.0.1:0");
        Assert.True(b.Send([2], 1, a.LocalAddress));
        Assert.Equal([2], Assert.Single(Receive(a, 1)).Bytes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SendAndReceive_Datagrams_AllocateNothing(bool portable)
    {
        using var a = Bind(portable, "127.0.0.1:0");
        using var b = Bind(portable, "127.0.0.1:0");
        var bytes = new byte[12_000];
        var count = 0;
        DatagramHandler handler = (_, _) => count++;
        Round(50);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Round(200);
        // The portable one may pay a little for each wait, nothing for each datagram.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, portable ? 200 * 100 : 0);
        Assert.Equal(2500, count);

        void Round(int rounds)
        {
            for (var i = 0; i < rounds; i++)
            {
                var until = count + 10;
                _ = a.Send(bytes, 1200, b.LocalAddress);
                while (count < until)
                {
                    b.Wait(TimeSpan.FromSeconds(10));
                    _ = b.Receive(handler);
                }
            }
        }
    }

    private static IDatagramSocket Bind(bool portable, string address)
    {
        Assert.True(UdpAddress.TryParse(address, out var local));
        return DatagramSockets.Bind(local, new DatagramOptions { IsPortable = portable });
    }

    private static List<(byte[] Bytes, UdpAddress From)> Receive(IDatagramSocket socket, int count)
    {
        var got = new List<(byte[], UdpAddress)>();
        var until = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        do
        {
            if (count > 0) socket.Wait(TimeSpan.FromSeconds(1));
            _ = socket.Receive((bytes, from) => got.Add((bytes.ToArray(), from)));
        }
        while (got.Count < count && Environment.TickCount64 < until);
        return got;
    }
}
