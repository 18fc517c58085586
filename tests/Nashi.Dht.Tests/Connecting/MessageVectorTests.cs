using System.Text.Json;
using CsCheck;
using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Dht.HolePunching;
using Nashi.Encoding;
using Nashi.TestKit;

namespace Nashi.Dht.Tests.Connecting;

public sealed class MessageVectorTests
{
    private static JsonElement Golden { get; } = Vectors.Load("connect");

    [Fact]
    public void PeerPayload_EachVector_EqualsReference()
    {
        foreach (var row in Rows("payloads"))
        {
            var bytes = row.Bytes("bytes");
            var payload = PeerPayload.TryDecode(bytes);
            Assert.NotNull(payload);
            Assert.Equal(bytes, payload.Encode());
            Assert.Equal((PeerError)row.GetProperty("error").GetInt32(), payload.Error);
            Assert.Equal((NatKind)row.GetProperty("firewall").GetInt32(), payload.Firewall);
            Assert.Equal(Addresses(row, "addresses") ?? [], payload.Addresses);
            Assert.Equal(Addresses(row, "relayAddresses"), payload.RelayAddresses);
            Assert.Equal(row.GetProperty("secretStream").GetBoolean() ? 1UL : null, payload.SecretStreamVersion);
            Assert.Equal(Null(row, "stream")?.GetProperty("id").GetUInt32(), payload.Stream?.Id);
            Assert.Equal(Null(row, "stream")?.GetProperty("reusable").GetBoolean(), payload.Stream?.ReusableSocket);
            Assert.Equal(Null(row, "relayThrough")?.Bytes("token"), payload.RelayThrough?.Token.ToArray());
            Assert.Equal(Null(row, "relayThrough")?.Bytes("publicKey"), payload.RelayThrough?.PublicKey.Value.ToArray());
            Assert.Equal(Null(row, "holepunch")?.GetProperty("id").GetUInt64(), payload.Holepunch?.Id);
            var relays = Null(row, "holepunch")?.GetProperty("relays").EnumerateArray().Select(pair => new RelayRoute(At(pair[0]), At(pair[1])));
            Assert.Equal(relays, payload.Holepunch?.Relays);
        }
    }

    [Fact]
    public void PeerPayload_OtherVersion_IsReadNoFurther()
    {
        var payload = PeerPayload.TryDecode([2, 0xff, 0xff]);
        Assert.Equal(2UL, payload!.Version);
        Assert.Null(payload.Stream);
    }

    [Fact]
    public void HandshakeMessage_EachVector_EqualsReference()
    {
        foreach (var row in Rows("handshakes"))
        {
            var bytes = row.Bytes("bytes");
            var message = HandshakeMessage.TryDecode(bytes);
            Assert.NotNull(message);
            Assert.Equal(bytes, message.Encode());
            Assert.Equal((RouteMode)row.GetProperty("mode").GetInt32(), message.Mode);
            Assert.Equal(row.Bytes("noise"), message.Noise.ToArray());
            Assert.Equal(Address(row, "peer"), message.PeerAddress);
            Assert.Equal(Address(row, "relay"), message.RelayAddress);
        }
    }

    [Fact]
    public void HolepunchMessage_EachVector_EqualsReference()
    {
        foreach (var row in Rows("holepunches"))
        {
            var bytes = row.Bytes("bytes");
            var message = HolepunchMessage.TryDecode(bytes);
            Assert.NotNull(message);
            Assert.Equal(bytes, message.Encode());
            Assert.Equal((RouteMode)row.GetProperty("mode").GetInt32(), message.Mode);
            Assert.Equal(row.GetProperty("id").GetUInt64(), message.Id);
            Assert.Equal(row.Bytes("payload"), message.Payload.ToArray());
            Assert.Equal(Address(row, "peer"), message.PeerAddress);
        }
    }

    [Fact]
    public void PunchPayload_EachVector_EqualsReference()
    {
        using var secure = new SecurePayload(Golden.Bytes("handshakeHash"), SystemRandom.Instance);
        foreach (var row in Rows("punches"))
        {
            var bytes = row.Bytes("bytes");
            var payload = PunchPayload.TryDecode(bytes);
            Assert.NotNull(payload);
            Assert.Equal(bytes, payload.Encode());
            Assert.Equal((PeerError)row.GetProperty("error").GetInt32(), payload.Error);
            Assert.Equal((NatKind)row.GetProperty("firewall").GetInt32(), payload.Firewall);
            Assert.Equal(row.GetProperty("round").GetUInt64(), payload.Round);
            Assert.Equal(row.GetProperty("connected").GetBoolean(), payload.Connected);
            Assert.Equal(row.GetProperty("punching").GetBoolean(), payload.Punching);
            Assert.Equal(Addresses(row, "addresses"), payload.Addresses);
            Assert.Equal(Address(row, "remote"), payload.RemoteAddress);
            Assert.Equal(Null(row, "token")?.Bytes(), payload.Token?.ToArray());
            Assert.Equal(Null(row, "remoteToken")?.Bytes(), payload.RemoteToken?.ToArray());
            Assert.Equal(bytes, secure.TryOpen(row.Bytes("sealed"))!.Encode());
        }
    }

    [Fact]
    public void SecurePayload_Sealed_OpensOnlyUnderTheSameHandshakeAndUntouched()
    {
        using var ours = new SecurePayload(new byte[64], SystemRandom.Instance);
        using var theirs = new SecurePayload(new byte[64], SystemRandom.Instance);
        using var others = new SecurePayload(Golden.Bytes("handshakeHash"), SystemRandom.Instance);
        var bytes = ours.Seal(new PunchPayload { Round = 7 });
        Assert.Equal(7UL, theirs.TryOpen(bytes)!.Round);
        Assert.Null(others.TryOpen(bytes));
        bytes[30] ^= 1;
        Assert.Null(theirs.TryOpen(bytes));
        Assert.Null(theirs.TryOpen(bytes.AsSpan(0, 40)));
        Assert.Null(theirs.TryOpen([]));
    }

    [Fact]
    public void SecurePayload_Token_DependsOnHostAlone()
    {
        using var secure = new SecurePayload(new byte[64], SystemRandom.Instance);
        var token = secure.TokenFor(At("1.2.3.4:5"));
        Assert.Equal(token, secure.TokenFor(At("1.2.3.4:6")));
        Assert.NotEqual(token, secure.TokenFor(At("1.2.3.5:5")));
    }

    [Fact]
    public void AddressScope_EachVector_EqualsReference()
    {
        foreach (var row in Rows("scopes"))
        {
            var address = At(row.GetProperty("host").GetString() + ":1");
            Assert.Equal(row.GetProperty("private").GetBoolean(), AddressScope.IsPrivate(address));
            Assert.Equal(row.GetProperty("reserved").GetBoolean(), AddressScope.IsReserved(address));
            Assert.Equal(row.GetProperty("bogon").GetBoolean(), AddressScope.IsBogon(address));
        }
    }

    [Fact]
    public void AddressScope_BestMatch_EqualsReference()
    {
        foreach (var row in Rows("matches"))
        {
            var found = AddressScope.BestMatch(Hosts(row, "mine"), Hosts(row, "theirs"));
            Assert.Equal(row.GetProperty("found").GetString(), found?.ToIPAddress().ToString());
        }
    }

    [Fact]
    public void Decoders_TruncatedVectors_RefuseOrDecode_ButNeverThrow()
    {
        foreach (var area in new[] { "payloads", "handshakes", "holepunches", "punches" })
        {
            foreach (var row in Rows(area))
            {
                var bytes = row.Bytes("bytes");
                for (var i = 0; i < bytes.Length; i++) DecodeAll(bytes.AsSpan(0, i));
            }
        }
    }

    [Fact]
    public void Decoders_AnyBytes_NeverThrow() => Gen.Byte.Array[0, 200].Sample(bytes => DecodeAll(bytes));

    [Fact]
    public void PeerPayload_ManyAddresses_KeepsFew()
    {
        var many = Enumerable.Range(0, 200).Select(i => UdpAddress.FromIPv4(0x01020304, i)).ToArray();
        var payload = PeerPayload.TryDecode(new PeerPayload { Addresses = many, RelayAddresses = many }.Encode());
        Assert.Equal(many[..AddressCodec.MaxKept], payload!.Addresses);
        Assert.Equal(many[..AddressCodec.MaxKept], payload.RelayAddresses);
    }

    private static void DecodeAll(ReadOnlySpan<byte> bytes)
    {
        _ = PeerPayload.TryDecode(bytes);
        _ = HandshakeMessage.TryDecode(bytes);
        _ = HolepunchMessage.TryDecode(bytes);
        _ = PunchPayload.TryDecode(bytes);
    }

    private static JsonElement.ArrayEnumerator Rows(string area) => Golden.GetProperty(area).EnumerateArray();

    private static JsonElement? Null(JsonElement row, string name) =>
        row.GetProperty(name) is { ValueKind: not JsonValueKind.Null } value ? value : null;

    private static UdpAddress At(string text) => UdpAddress.TryParse(text, out var address) ? address : throw new FormatException(text);

    private static UdpAddress At(JsonElement text) => At(text.GetString()!);

    private static UdpAddress? Address(JsonElement row, string name) => Null(row, name) is { } text ? At(text) : null;

    private static UdpAddress[]? Addresses(JsonElement row, string name) => Null(row, name)?.EnumerateArray().Select(At).ToArray();

    private static UdpAddress[] Hosts(JsonElement row, string name) =>
        [.. row.GetProperty(name).EnumerateArray().Select(host => At(host.GetString() + ":1"))];
}
