using System.Globalization;
using System.Text.Json;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Encoding;
using Nashi.TestKit;

namespace Nashi.Pairing.Tests;

/// <summary>Invites, requests and answers are the reference's, byte for byte.</summary>
public sealed class InviteVectorTests
{
    private static readonly JsonElement Golden = Vectors.Load("pairing");
    private static readonly JsonElement Exchanges = Golden.GetProperty("exchanges");

    public static TheoryData<int> Invites { get; } = new(Enumerable.Range(0, Golden.GetProperty("invites").GetArrayLength()));

    public static TheoryData<string, PairingStatus> Answers { get; } = new()
    {
        { "plain", PairingStatus.Accepted },
        { "encrypted", PairingStatus.Accepted },
        { "additional", PairingStatus.Accepted },
        { "rejected", PairingStatus.Rejected },
        { "used", PairingStatus.Used },
        { "expired", PairingStatus.Expired },
    };

    [Theory]
    [MemberData(nameof(Invites))]
    public void Encode_Invite_EqualsReference(int number)
    {
        var golden = Golden.GetProperty("invites")[number];
        var options = golden.GetProperty("options");
        var invite = new Invite
        {
            Seed = new Bytes32(golden.Bytes("seed")),
            DiscoveryKey = new DiscoveryKey(golden.Bytes("discoveryKey")),
            Expires = options.TryGetProperty("expires", out var expires) ? DateTimeOffset.FromUnixTimeMilliseconds(expires.GetInt64()) : null,
            IsSensitive = options.TryGetProperty("sensitive", out _),
            IsTest = options.TryGetProperty("testInvitation", out _),
            AdditionalNodes = options.TryGetProperty("nodes", out var nodes) ? [.. nodes.EnumerateArray().Select(Address)] : null,
        };

        Assert.Equal(golden.Bytes("invite"), invite.Encode());
        Assert.Equal(golden.Bytes("id"), invite.Id.ToArray());
        Assert.Equal(golden.Bytes("publicKey"), invite.PublicKey.Value.ToArray());
        Assert.True(Invite.TryDecode(golden.Bytes("invite"), out var read));
        Assert.Equal(invite.Encode(), read.Encode());
        Assert.Equal(invite with { AdditionalNodes = null }, read with { AdditionalNodes = null });
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public void Exchange_EachAnswer_EqualsReference(string name, PairingStatus status)
    {
        var golden = Exchanges.GetProperty(name);
        Assert.True(Invite.TryDecode(Exchanges.Bytes("invite"), out var invite));
        var candidate = new CandidateRequest(invite, golden.Bytes("userData"));

        Assert.Equal(golden.Bytes("request"), candidate.Encode().ToArray());
        Assert.Equal(golden.Bytes("token"), candidate.Token.ToArray());
        Assert.Equal(golden.Bytes("id"), candidate.Id.ToArray());

        Assert.True(MemberRequest.TryDecode(candidate.Encode().Span, out var member));
        Assert.True(member.TryOpen(invite.PublicKey));
        Assert.Equal(golden.Bytes("session"), member.Session.ToArray());
        Assert.Equal(golden.Bytes("receipt"), member.Receipt!.Encode());
        Assert.Equal(golden.Bytes("userData"), member.UserData.ToArray());
        if (status == PairingStatus.Accepted) member.Confirm(Keys(name, invite));
        else member.Deny(status);
        Assert.Equal(golden.Bytes("response"), member.Response.ToArray());

        var outcome = candidate.TryRead(golden.Bytes("response"));
        Assert.Equal(status, outcome!.Status);
        if (status != PairingStatus.Accepted) return;
        Assert.Equal(Exchanges.Bytes("key"), outcome.Keys!.Key.Value.ToArray());
        Assert.Equal(name != "plain", outcome.Keys.EncryptionKey.HasValue);
        Assert.Equal(name == "additional" ? "more"u8.ToArray() : null, outcome.Keys.Additional?.Data.ToArray());
    }

    [Fact]
    public void Dht_KeysAndTopic_EqualReference()
    {
        var golden = Exchanges.GetProperty("plain");
        Assert.True(Invite.TryDecode(Exchanges.Bytes("invite"), out var invite));
        var token = new CandidateRequest(invite, golden.Bytes("userData")).Token;
        using var ephemeral = PairingHashes.EphemeralKeyPair(token);
        using var reply = PairingHashes.ReplyKeyPair(token);

        Assert.Equal(golden.Bytes("ephemeralKey"), ephemeral.PublicKey.Value.ToArray());
        Assert.Equal(golden.Bytes("replyKey"), reply.PublicKey.Value.ToArray());
        Assert.Equal(Exchanges.Bytes("candidateTopic"), PairingHashes.CandidateTopic(invite.DiscoveryKey!.Value).Value.ToArray());
    }

    private static PairedKeys Keys(string name, Invite invite)
    {
        Bytes32? encryptionKey = name == "plain" ? null : new Bytes32(Enumerable.Repeat((byte)9, 32).ToArray());
        var additional = name == "additional" ? SignedData.Sign(invite, "more"u8.ToArray()) : null;
        if (additional is not null) Assert.Equal(Exchanges.Bytes("signature"), additional.Signature.ToArray());
        return new PairedKeys(new CoreKey(Exchanges.Bytes("key")), encryptionKey, additional);
    }

    private static UdpAddress Address(JsonElement text)
    {
        Assert.True(UdpAddress.TryParse(text.GetString(), out var address), string.Create(CultureInfo.InvariantCulture, $"{text}"));
        return address;
    }
}
