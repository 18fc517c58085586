using System.Globalization;
using System.Text.Json;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Protomux.Wakeup;
using Nashi.Protomux.Wakeup.Protocol;
using Nashi.TestKit;

namespace Nashi.Protomux.Tests.Wakeup;

/// <summary>Every message is byte for byte the reference's, and is read back as what it printed.</summary>
public sealed class WakeupVectorTests
{
    private static readonly JsonElement All = Vectors.Load("wakeup");

    [Fact]
    public void Handshake_Reference_SameBytesBothWays()
    {
        foreach (var vector in All.GetProperty("handshakes").EnumerateArray())
        {
            var handshake = new WakeupHandshake(vector.GetProperty("version").GetUInt64(), new Bytes32(vector.Bytes("capability")), vector.GetProperty("active").GetBoolean());
            Assert.Equal(vector.Bytes("bytes"), handshake.Encode());
            Assert.True(WakeupHandshake.TryDecode(vector.Bytes("bytes"), out var read));
            Assert.Equal(handshake, read);
            Assert.False(WakeupHandshake.TryDecode(vector.Bytes("bytes").AsSpan(0, vector.Bytes("bytes").Length - 1), out _));
        }
    }

    [Fact]
    public void Lookup_Reference_SameBytesBothWays()
    {
        foreach (var vector in All.GetProperty("lookups").EnumerateArray())
        {
            var lookup = new WakeupLookup(vector.GetProperty("hash").ValueKind == JsonValueKind.Null ? null : new Bytes32(vector.Bytes("hash")));
            Assert.Equal(vector.Bytes("bytes"), lookup.Encode());
            Assert.True(WakeupLookup.TryDecode(vector.Bytes("bytes"), out var read));
            Assert.Equal(lookup, read);
        }

        Assert.False(WakeupLookup.TryDecode([], out _));
        Assert.False(WakeupLookup.TryDecode([1, 2], out _));
    }

    [Fact]
    public void Announce_Reference_SameBytesBothWays()
    {
        foreach (var vector in All.GetProperty("announces").EnumerateArray())
        {
            var writers = vector.GetProperty("writers").EnumerateArray().Select(writer => new WakeupWriter(
                new CoreKey(writer.Bytes("key")), ulong.Parse(writer.GetProperty("length").GetString()!, CultureInfo.InvariantCulture))).ToArray();
            Assert.Equal(vector.Bytes("bytes"), WakeupAnnounce.Encode(writers));
            Assert.True(WakeupAnnounce.TryDecode(vector.Bytes("bytes"), out var read));
            Assert.Equal(writers, read);
            Assert.False(WakeupAnnounce.TryDecode(vector.Bytes("bytes").AsSpan(0, vector.Bytes("bytes").Length - 1), out _));
        }
    }

    [Fact]
    public void Info_Reference_SameBytesBothWays()
    {
        foreach (var vector in All.GetProperty("infos").EnumerateArray())
        {
            var info = new WakeupInfo(vector.GetProperty("active").GetBoolean());
            Assert.Equal(vector.Bytes("bytes"), info.Encode());
            Assert.True(WakeupInfo.TryDecode(vector.Bytes("bytes"), out var read));
            Assert.Equal(info, read);
        }

        Assert.False(WakeupInfo.TryDecode([], out _));
    }

    [Fact]
    public void CapabilityOf_Reference_IsTheSame()
    {
        foreach (var vector in All.GetProperty("conversations").EnumerateArray())
        {
            var (isInitiator, key, hash) = (vector.GetProperty("isInitiator").GetBoolean(), new CoreKey(vector.Bytes("key")), vector.Bytes("handshakeHash"));
            Assert.Equal(vector.Bytes("id"), key.ToDiscoveryKey().Value.ToArray());
            Assert.Equal(vector.Bytes("theirs"), WakeupHandshake.CapabilityOf(!isInitiator, key.Value, hash).ToArray());
            var ours = new WakeupHandshake(0, WakeupHandshake.CapabilityOf(isInitiator, key.Value, hash), IsActive: true);
            Assert.EndsWith(Convert.ToHexStringLower(ours.Encode()), vector.GetProperty("steps")[0].GetProperty("sent")[0].GetString(), StringComparison.Ordinal);
        }
    }
}
