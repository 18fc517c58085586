using System.Text.Json;
using Nashi.Dht.Relaying;
using Nashi.Encoding;
using Nashi.TestKit;

namespace Nashi.Dht.Tests.Relaying;

/// <summary>The messages of blind-relay, byte for byte.</summary>
public sealed class RelayVectorTests
{
    private static readonly JsonElement s_golden = Vectors.Load("relay");

    [Fact]
    public void PairMessage_EachVector_EqualsReference()
    {
        foreach (var row in s_golden.GetProperty("pairs").EnumerateArray())
        {
            var bytes = row.Bytes("bytes");
            var message = new PairMessage(row.GetProperty("isInitiator").GetBoolean(), new Bytes32(row.Bytes("token")), row.GetProperty("id").GetUInt32());
            Assert.Equal(message, PairMessage.TryDecode(bytes));
            if (row.GetProperty("seq").GetInt32() == 0) Assert.Equal(bytes, message.Encode());
            for (var length = 0; length < bytes.Length; length++) Assert.Null(PairMessage.TryDecode(bytes.AsSpan(0, length)));
        }
    }

    [Fact]
    public void UnpairMessage_EachVector_EqualsReference()
    {
        foreach (var row in s_golden.GetProperty("unpairs").EnumerateArray())
        {
            var bytes = row.Bytes("bytes");
            var message = new UnpairMessage(new Bytes32(row.Bytes("token")));
            Assert.Equal(message, UnpairMessage.TryDecode(bytes));
            Assert.Equal(bytes, message.Encode());
            for (var length = 0; length < bytes.Length; length++) Assert.Null(UnpairMessage.TryDecode(bytes.AsSpan(0, length)));
        }
    }

    [Fact]
    public void PairMessage_FlagsOfALaterVersion_ReadAsTheReferenceDoes()
    {
        foreach (var row in s_golden.GetProperty("flags").EnumerateArray())
        {
            var message = PairMessage.TryDecode(row.Bytes("bytes"));
            var expected = row.GetProperty("isInitiator");
            Assert.Equal(expected.ValueKind == JsonValueKind.Null ? null : expected.GetBoolean(), message?.IsInitiator);
        }
    }

    [Fact]
    public void PairMessage_StreamIdBeyond32Bits_IsRefused()
    {
        byte[] bytes = [1, .. new byte[32], 0xff, 0, 0, 0, 0, 1, 0, 0, 0, 0];
        Assert.Null(PairMessage.TryDecode(bytes));
    }

    [Fact]
    public void Conversation_EachFrame_HasTheChannelAndNumbersOfOurs()
    {
        foreach (var step in s_golden.GetProperty("conversation").EnumerateArray())
        {
            foreach (var frame in step.GetProperty("client").EnumerateArray().Concat(step.GetProperty("server").EnumerateArray()).Select(frame => frame.Bytes()))
            {
                if (step.GetProperty("name").GetString() == "open") Assert.Equal(System.Text.Encoding.ASCII.GetBytes(RelayMessage.Protocol), frame[4..15]);
                // A channel's number, the message's number, the message.
                else if (frame[1] == RelayMessage.Pair) Assert.Equal(frame[2..], PairMessage.TryDecode(frame.AsSpan(2))?.Encode());
                else Assert.Equal(frame[2..], UnpairMessage.TryDecode(frame.AsSpan(2))?.Encode());
            }
        }
    }
}
