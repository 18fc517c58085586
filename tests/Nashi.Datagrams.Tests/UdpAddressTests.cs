using System.Net;

namespace Nashi.Datagrams.Tests;

/// <summary>Addresses by value.</summary>
public sealed class UdpAddressTests
{
    [Theory]
    [InlineData("1.2.3.4:5678")]
    [InlineData("255.255.255.255:65535")]
    [InlineData("[::1]:1")]
    [InlineData("[2001:db8::7]:443")]
    public void ToString_Parsed_IsTheSame(string text)
    {
        Assert.True(UdpAddress.TryParse(text, out var address));
        Assert.Equal(text, address.ToString());
        Assert.Equal(address, UdpAddress.From(address.ToEndPoint()));
        var bytes = new byte[16];
        Assert.Equal(address, UdpAddress.FromBytes(bytes.AsSpan(0, address.WriteBytes(bytes)), address.Port));
    }

    [Fact]
    public void MappedIPv4_EqualsIPv4()
    {
        var mapped = UdpAddress.From(new IPEndPoint(IPAddress.Parse("::ffff:1.2.3.4"), 5));
        Assert.Equal(UdpAddress.FromIPv4(0x01020304, 5), mapped);
        Assert.True(mapped.IsIPv4);
        Assert.NotEqual(mapped, mapped.WithPort(6));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("1.2.3.4:99999")]
    public void TryParse_Malformed_IsRefused(string text) => Assert.False(UdpAddress.TryParse(text, out _));

    [Fact]
    public void FromBytes_OddLength_Throws() => Assert.Throws<ArgumentException>(() => UdpAddress.FromBytes(new byte[5], 1));

    [Theory]
    [InlineData(-1)]
    [InlineData(65_536)]
    public void WithPort_OutOfRange_Throws(int port) => Assert.Throws<ArgumentOutOfRangeException>(() => default(UdpAddress).WithPort(port));
}
