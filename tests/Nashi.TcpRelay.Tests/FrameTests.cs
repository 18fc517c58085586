using CsCheck;
using Nashi.Datagrams;
using Nashi.TcpRelay.Protocol;

namespace Nashi.TcpRelay.Tests;

public sealed class FrameTests
{
    private static readonly UdpAddress IPv4 = UdpAddress.FromIPv4(0x01020304, 0x1234);

    [Fact]
    public void DatagramFrame_IPv4_IsTheDocumentedBytes()
    {
        var buffer = new FrameBuffer(1024);
        Assert.True(buffer.TryAddDatagrams(7, IPv4, "hi"u8, 2, out var isFirst));
        Assert.True(isFirst);
        Assert.Equal("000C06" + "0007" + "04" + "01020304" + "1234" + "6869", Convert.ToHexString(buffer.Take().Span));
    }

    [Fact]
    public void ControlFrames_AreTheDocumentedBytes()
    {
        Assert.Equal("0007" + "C3BF", Convert.ToHexString(ChannelFrame.MakeOpened(7, 0xc3bf)));
        Assert.Equal("01", Convert.ToHexString(HelloFrame.Make(null)));
        Assert.Equal("01001001", Convert.ToHexString(new WelcomeFrame(1, 16, true).ToBytes()));
    }

    [Fact]
    public void Datagrams_AnyAddressAndPayload_ComeBackInAnyPieces() =>
        (from isIPv4 in Gen.Bool from bytes in Gen.Byte.Array[16] from port in Gen.Int[1, 65535] from payload in Gen.Byte.Array[1, 4096] from cut in Gen.Int[0, 4200]
         select (isIPv4, bytes, port, payload, cut)).Sample(
            sample =>
            {
                sample.bytes[0] = 0x20;
                var address = UdpAddress.FromBytes(sample.bytes.AsSpan(0, sample.isIPv4 ? 4 : 16), sample.port);
                var buffer = new FrameBuffer(8192);
                Assert.True(buffer.TryAddDatagrams(1, address, sample.payload, sample.payload.Length, out _));
                var all = buffer.Take().Span;
                ReadOnlySpan<byte> part = all[..Math.Min(sample.cut, all.Length - 1)];
                Assert.False(Frame.TryTake(ref part, out _, out var isBroken) || isBroken);
                ReadOnlySpan<byte> rest = all;
                Assert.True(Frame.TryTake(ref rest, out var frame, out _));
                Assert.True(DatagramFrame.TryRead(frame.Body, out var datagram));
                Assert.True(rest.IsEmpty);
                Assert.Equal(address, datagram.Address);
                Assert.Equal(sample.payload, datagram.Payload.ToArray());
            },
            iter: 300);

    [Theory]
    [InlineData("0000", true)]
    [InlineData("FFFF07", true)]
    [InlineData("00", false)]
    [InlineData("0002", false)]
    public void Frame_BadOrShortLength_IsNotTaken(string hex, bool isBroken)
    {
        ReadOnlySpan<byte> bytes = Convert.FromHexString(hex);
        Assert.False(Frame.TryTake(ref bytes, out _, out var broken));
        Assert.Equal(isBroken, broken);
    }

    [Theory]
    [InlineData("0001" + "05" + "01020304" + "1234" + "61", "no such family")]
    [InlineData("0001" + "04" + "01020304" + "0000" + "61", "port 0")]
    [InlineData("0001" + "04" + "01020304" + "1234", "empty payload")]
    [InlineData("0001" + "04" + "0102", "cut")]
    [InlineData("0001" + "06" + "00000000000000000000FFFF7F000001" + "1234" + "61", "IPv4 dressed as IPv6")]
    public void DatagramFrame_Nonsense_IsRefused(string hex, string why) => Assert.False(DatagramFrame.TryRead(Convert.FromHexString(hex), out _), why);

    [Fact]
    public void FrameBuffer_Full_DropsDatagramsButTakesControlFrames()
    {
        var buffer = new FrameBuffer(100);
        Assert.True(buffer.TryAddDatagrams(1, IPv4, new byte[80], 80, out _));
        Assert.False(buffer.TryAddDatagrams(1, IPv4, new byte[80], 80, out _));
        Assert.True(buffer.TryAdd(FrameKind.Ping, [], out _));
        Assert.Equal(12 + 80 + 3, buffer.Take().Length);
        Assert.True(buffer.TryAddDatagrams(1, IPv4, new byte[80], 80, out _));
    }

    [Fact]
    public void FrameBuffer_Segments_BecomeOneFrameEach()
    {
        var buffer = new FrameBuffer(1024);
        Assert.True(buffer.TryAddDatagrams(1, IPv4, System.Text.Encoding.ASCII.GetBytes("aabbc"), 2, out _));
        ReadOnlySpan<byte> rest = buffer.Take().Span;
        var payloads = new List<string>();
        while (Frame.TryTake(ref rest, out var frame, out _))
        {
            Assert.True(DatagramFrame.TryRead(frame.Body, out var datagram));
            payloads.Add(System.Text.Encoding.ASCII.GetString(datagram.Payload));
        }

        Assert.Equal(["aa", "bb", "c"], payloads);
    }
}
