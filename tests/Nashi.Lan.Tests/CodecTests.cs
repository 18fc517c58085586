using System.Net;
using CsCheck;
using Nashi.Lan.Messages;
using Nashi.Lan.Protocol;

namespace Nashi.Lan.Tests;

/// <summary>The message codec: examples from the RFCs and other implementations, round trips, hostile bytes.</summary>
public sealed class CodecTests
{
    // RFC 1035 §4.1.4: F.ISI.ARPA at 20, FOO.F.ISI.ARPA at 40 as a pointer, ARPA as a pointer, and the root.
    [Fact]
    public void DnsReader_CompressionOfRfc1035_IsFollowed()
    {
        var message = new byte[93];
        "\u0001F\u0003ISI\u0004ARPA\0"u8.CopyTo(message.AsSpan(20));
        "\u0003FOO"u8.CopyTo(message.AsSpan(40));
        (message[44], message[45]) = (0xc0, 20);
        (message[64], message[65]) = (0xc0, 26);

        Assert.Equal("F.ISI.ARPA", Question(message, 20));
        Assert.Equal("FOO.F.ISI.ARPA", Question(message, 40));
        Assert.Equal("ARPA", Question(message, 64));
        Assert.Equal("", Question(message, 92));
    }

    // What `dns-sd -B _http._tcp` sends.
    [Fact]
    public void DnsReader_QueryOfAnotherProgram_IsRead()
    {
        var bytes = Convert.FromHexString("000000000001000000000000055f68747470045f746370056c6f63616c00000c8001");

        Assert.True(DnsReader.TryDecode(bytes, out var message));
        var question = Assert.Single(message.Questions);
        Assert.Equal("_http._tcp.local", question.Name.ToString());
        Assert.Equal((DnsType.Ptr, true, false), (question.Type, question.WantsUnicast, message.IsResponse));
        Assert.Equal(bytes, WriteQuery(question));
    }

    [Fact]
    public void DnsWriter_Announcement_ComesBackAsItWas()
    {
        var service = LanNames.Service.Prepend("instance");
        DnsRecord[] records =
        [
            DnsRecord.Pointer(LanNames.Service, 120, service), DnsRecord.Service(service, 120, DnsName.Of("host", "local"), 4711),
            DnsRecord.Text(service, 4500, "\u0003a=b"u8.ToArray()), DnsRecord.Address(DnsName.Of("host", "local"), 120, IPAddress.Parse("169.254.3.4")),
            DnsRecord.Address(DnsName.Of("host", "local"), 120, IPAddress.Parse("fe80::1")),
        ];
        var writer = new DnsWriter(isResponse: true);
        foreach (var record in records) Assert.True(writer.TryAdd(DnsSection.Answer, record));
        var bytes = writer.Finish();

        Assert.True(DnsReader.TryDecode(bytes, out var message));
        Assert.True(message.IsResponse);
        Assert.Equal(records.Length, message.Answers.Count);
        for (var i = 0; i < records.Length; i++)
        {
            Assert.True(records[i].SaysTheSameAs(message.Answers[i]));
            Assert.Equal((records[i].TimeToLive, records[i].IsUnique), (message.Answers[i].TimeToLive, message.Answers[i].IsUnique));
        }

        // Each name but the first is mostly a pointer.
        Assert.InRange(bytes.Length, 100, 190);
    }

    [Fact]
    public void DnsWriter_Full_LeavesOutWholeRecordsOnly()
    {
        var writer = new DnsWriter(isResponse: true, size: 200);
        var added = 0;
        while (writer.TryAdd(DnsSection.Answer, DnsRecord.Text(DnsName.Of($"name{added}", "local"), 1, new byte[20]))) added++;

        Assert.True(DnsReader.TryDecode(writer.Finish(), out var message));
        Assert.Equal(added, message.Answers.Count);
        Assert.InRange(added, 3, 5);
    }

    [Fact]
    public void DnsReader_PointersThatLoopOrLeadForward_AreRefused()
    {
        foreach (var name in new byte[][] { [0xc0, 12], [1, (byte)'a', 0xc0, 12], [0xc0, 14, 0xc0, 12], [0xc0, 40], [0xc0, 0], [0x40, 0], [0x80, 0] })
        {
            byte[] bytes = [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. name, 0, 12, 0, 1, 0, 0, 0];
            Assert.False(DnsReader.TryDecode(bytes, out _));
        }
    }

    [Fact]
    public void DnsReader_CountsThatLie_AreRefusedAtOnce()
    {
        byte[] bytes = [0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        Assert.False(DnsReader.TryDecode(bytes, out _));
        bytes = [0, 0, 0x84, 0, 0, 0, 0, 200, 0, 0, 0, 0, 0, 0, 16, 0, 1, 0, 0, 0, 0, 0xff, 0xff];
        Assert.False(DnsReader.TryDecode(bytes, out _));
    }

    [Fact]
    public void DnsName_Case_DoesNotMatter()
    {
        Assert.Equal(DnsName.Of("_NASHI", "_UDP", "Local"), LanNames.Service);
        Assert.Equal(DnsName.Of("_NASHI", "_UDP", "Local").GetHashCode(), LanNames.Service.GetHashCode());
        Assert.True(DnsName.Of("x", "_Nashi", "_udp", "local").IsChildOf(LanNames.Service));
        Assert.False(DnsName.Of("y", "x", "_nashi", "_udp", "local").IsChildOf(LanNames.Service));
        Assert.Throws<ArgumentException>(() => LanNames.Local.Prepend(new string('a', 64)));
    }

    [Fact]
    public void DnsReader_AnyBytes_NeverThrows() =>
        Gen.Byte.Array[0, 300].Sample(bytes =>
        {
            if (DnsReader.TryDecode(bytes, out var message)) Assert.True(message.Questions.Count + message.Answers.Count <= 320);
        });

    [Fact]
    public void LanProfile_AnyTags_ComesBackAsItWas() =>
        Gen.Select(Gen.ULong, Gen.UInt).Select((high, low) => new LanTag(high, low)).HashSet[0, 64].Sample(tags =>
        {
            var profile = new LanProfile { Salt = [.. Enumerable.Range(1, 16).Select(i => (byte)i)], Tags = tags, HasMore = tags.Count > 30 };
            Assert.True(profile.SaysTheSameAs(LanProfile.TryDecode(profile.Encode())!));
        });

    [Fact]
    public void LanProfile_MalformedOrOtherVersion_IsRefused()
    {
        foreach (var text in new[] { "", "\u0003v=2", "\u0003v=1", "\u0003v=1\u0004s=ab", "\u0003v=1\u0012s=0123456789abcdef\u0004t0=x", "\u00ff" })
            Assert.Null(LanProfile.TryDecode(System.Text.Encoding.Latin1.GetBytes(text)));
    }

    // Our own format, worked out by hand with another implementation of the primitives: fixed, so that versions of this program find each other.
    [Fact]
    public void LanTag_KnownTarget_IsWhatTheFormatSays()
    {
        var salt = new byte[LanTag.SaltSize];
        Assert.Equal("fe4daef0be154b76147c93b8", LanTag.Of(Keys.Topic(1), salt).ToString());
        Assert.Equal("23cd69aa01d705389c5f533d", LanTag.Of(Keys.Peer(1), salt).ToString());
        var sealedKey = LanSeal.Seal(Keys.Topic(1), salt, LanNames.Service.Wire, Keys.Key(1));
        Assert.Equal("7cceb0e1957e6ee1fb53f9bf2e55b05b9355aa8c59546827cf31575ff956673e49360aa64a8f3865fc5f74a3b7860cbba8d16957d7d669436ff2ccb86084249c", Convert.ToHexStringLower(sealedKey));
        Assert.True(LanSeal.TryOpen(Keys.Topic(1), salt, LanNames.Service.Wire, sealedKey, out var opened));
        Assert.Equal(Keys.Key(1), opened);
        Assert.False(LanSeal.TryOpen(Keys.Topic(2), salt, LanNames.Service.Wire, sealedKey, out _));
        Assert.False(LanSeal.TryOpen(Keys.Topic(1), salt, LanNames.Local.Wire, sealedKey, out _));
    }

    [Fact]
    public void LanTag_Label_ComesBackAsItWas()
    {
        var tag = new LanTag(0x0123456789abcdef, 0xdeadbeef);
        Assert.Equal("0123456789abcdefdeadbeef", tag.ToString());
        Assert.True(LanTag.TryParse("0123456789ABCDEFdeadbeef"u8, out var parsed));
        Assert.Equal(tag, parsed);
        Assert.False(LanTag.TryParse("0123456789abcdefdeadbee"u8, out _));
        Assert.False(LanTag.TryParse("0123456789abcdefdeadbeeg"u8, out _));
    }

    private static byte[] WriteQuery(DnsQuestion question)
    {
        var writer = new DnsWriter(isResponse: false);
        writer.TryAdd(question);
        return writer.Finish();
    }

    // Takes the example in as the data of a record nobody knows, and asks for what stands at the given place of it.
    private static string Question(byte[] example, int at)
    {
        const int start = 20;
        var data = example.AsSpan(start).ToArray();
        byte[] head = [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 99, 0, 1, 0, 0, 0, 0, 0, (byte)data.Length];
        for (var i = 0; i < data.Length - 1; i++)
        {
            if (data[i] == 0xc0) data[i + 1] = Moved(data[i + 1]);
        }

        byte[] message = [.. head, .. data, 0xc0, Moved((byte)at), 0, 99, 0, 1, 0, 0, 0, 0, 0, 0];
        Assert.True(DnsReader.TryDecode(message, out var decoded));
        return decoded.Additionals[0].Name.ToString();

        byte Moved(byte place) => (byte)(place - start + head.Length);
    }
}
