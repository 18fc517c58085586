using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Pairing.Tests;

/// <summary>What is forged, replayed, used up or out of time is refused.</summary>
public sealed class InviteTests
{
    private static readonly CoreKey Key = new(Fill(1));
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    private static readonly PairedKeys Keys = new(Key, new Bytes32(Fill(9)));

    private readonly SeededRandom _random = new(11);

    [Fact]
    public void Request_EveryFlippedBit_IsNotOpened()
    {
        var invite = Invite.Create(Key.ToDiscoveryKey(), _random);
        var bytes = new CandidateRequest(invite, "who"u8.ToArray()).Encode().ToArray();
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var flipped = (byte[])bytes.Clone();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(MemberRequest.TryDecode(flipped, out var request) && request.TryOpen(invite.PublicKey), $"bit {bit}");
        }
    }

    [Fact]
    public void Response_EveryFlippedBit_IsNotRead()
    {
        var invite = Invite.Create(Key.ToDiscoveryKey(), _random);
        var candidate = new CandidateRequest(invite, "who"u8.ToArray());
        var bytes = Confirmed(invite, candidate, Keys);
        Assert.Equal(PairingStatus.Accepted, candidate.TryRead(bytes)!.Status);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var flipped = (byte[])bytes.Clone();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(candidate.TryRead(flipped) is null, $"bit {bit}");
        }
    }

    [Fact]
    public void Response_KeyOfAnotherCore_IsNotRead()
    {
        var invite = Invite.Create(Key.ToDiscoveryKey(), _random);
        var candidate = new CandidateRequest(invite, "who"u8.ToArray());
        Assert.Null(candidate.TryRead(Confirmed(invite, candidate, new PairedKeys(new CoreKey(Fill(2))))));
    }

    [Fact]
    public void Response_AdditionalDataOfAnother_IsNotRead()
    {
        var invite = Invite.Create(Key.ToDiscoveryKey(), _random);
        var other = Invite.Create(Key.ToDiscoveryKey(), _random);
        var candidate = new CandidateRequest(invite, "who"u8.ToArray());
        Assert.Null(candidate.TryRead(Confirmed(invite, candidate, Keys with { Additional = SignedData.Sign(other, "role"u8.ToArray()) })));
        Assert.NotNull(candidate.TryRead(Confirmed(invite, candidate, Keys with { Additional = SignedData.Sign(invite, "role"u8.ToArray()) })));
    }

    [Fact]
    public void Response_ToAnotherRequest_IsNotRead()
    {
        var invite = Invite.Create(Key.ToDiscoveryKey(), _random);
        var (mine, theirs) = (new CandidateRequest(invite, "me"u8.ToArray()), new CandidateRequest(invite, "them"u8.ToArray()));
        Assert.Null(mine.TryRead(Confirmed(invite, theirs, Keys)));
    }

    [Fact]
    public void Answer_TwiceOrUnopened_Throws()
    {
        var invite = Invite.Create(Key.ToDiscoveryKey(), _random);
        var request = Read(new CandidateRequest(invite, default));
        Assert.Throws<InvalidOperationException>(() => request.Confirm(Keys));
        Assert.True(request.TryOpen(invite.PublicKey));
        request.Deny();
        Assert.Throws<InvalidOperationException>(() => request.Confirm(Keys));
    }

    [Fact]
    public void Judge_UnknownInvite_IsIgnored()
    {
        var book = new InviteBook();
        Assert.Equal(InviteVerdict.Ignore, book.Judge(Read(new CandidateRequest(Invite.Create(Key.ToDiscoveryKey(), _random), default)), Now));
    }

    [Fact]
    public void Judge_ClaimsOurInviteMadeWithAnother_IsIgnored()
    {
        var (ours, other) = (Invite.Create(Key.ToDiscoveryKey(), _random), Invite.Create(Key.ToDiscoveryKey(), _random));
        var book = new InviteBook();
        book.Add(IssuedInvite.Of(ours));
        var forged = new CandidateRequest(other, "who"u8.ToArray()).Encode().ToArray();
        ours.Id.AsSpan().CopyTo(forged);
        Assert.True(MemberRequest.TryDecode(forged, out var request));
        Assert.Equal(InviteVerdict.Ignore, book.Judge(request, Now));
    }

    [Fact]
    public void Judge_Expired_IsRefusedEvenWhenAdmittedBefore()
    {
        var invite = Invite.Create(Key.ToDiscoveryKey(), _random) with { Expires = Now.AddMinutes(1) };
        var book = new InviteBook();
        book.Add(IssuedInvite.Of(invite));
        var request = Read(new CandidateRequest(invite, default));
        Assert.Equal(InviteVerdict.Admit, book.Judge(request, Now));
        book.Admit(request, Now);
        Assert.Equal(InviteVerdict.Repeat, book.Judge(request, Now.AddSeconds(59)));
        Assert.Equal(InviteVerdict.Expired, book.Judge(request, Now.AddSeconds(60)));
    }

    [Fact]
    public void Judge_UsedUp_RefusesOthersAndRepeatsForAWhile()
    {
        var invite = Invite.Create(Key.ToDiscoveryKey(), _random);
        var book = new InviteBook();
        book.Add(IssuedInvite.Of(invite, maxUses: 2));
        var requests = Enumerable.Range(0, 3).Select(i => Read(new CandidateRequest(invite, new[] { (byte)i }))).ToArray();
        foreach (var request in requests[..2])
        {
            Assert.Equal(InviteVerdict.Admit, book.Judge(request, Now));
            book.Admit(request, Now);
        }

        Assert.Equal(InviteVerdict.Used, book.Judge(requests[2], Now));
        Assert.Equal(InviteVerdict.Repeat, book.Judge(requests[0], Now + InviteBook.RepeatTime - TimeSpan.FromSeconds(1)));
        Assert.Equal(InviteVerdict.Used, book.Judge(requests[0], Now + InviteBook.RepeatTime));
        Assert.Equal(2, book.UsesOf(invite.Id));
    }

    [Fact]
    public void Book_WrittenAndRead_DecidesTheSame()
    {
        var invites = Enumerable.Range(0, 5).Select(_ => Invite.Create(Key.ToDiscoveryKey(), _random)).ToArray();
        var book = new InviteBook();
        for (var i = 0; i < invites.Length; i++)
        {
            var terms = IssuedInvite.Of(invites[i], maxUses: i == 0 ? null : i, grant: new byte[i]);
            book.Add(i == 3 ? terms with { Expires = Now.AddDays(1) } : terms);
        }

        var used = Read(new CandidateRequest(invites[1], default));
        Assert.Equal(InviteVerdict.Admit, book.Judge(used, Now));
        book.Admit(used, Now);

        Assert.True(InviteBook.TryDecode(book.Encode(), out var read));
        Assert.Equal(book.Encode(), read.Encode());
        Assert.Equal(InviteVerdict.Repeat, read.Judge(Read(new CandidateRequest(invites[1], default)), Now));
        Assert.Equal(InviteVerdict.Used, read.Judge(Read(new CandidateRequest(invites[1], new byte[1])), Now));
        Assert.Equal(InviteVerdict.Admit, read.Judge(Read(new CandidateRequest(invites[2], default)), Now));
        Assert.Equal(InviteVerdict.Expired, read.Judge(Read(new CandidateRequest(invites[3], default)), Now.AddDays(2)));
        Assert.True(read.Remove(invites[2].Id));
        Assert.Equal(InviteVerdict.Ignore, read.Judge(Read(new CandidateRequest(invites[2], default)), Now));
        Assert.False(InviteBook.TryDecode(book.Encode().AsSpan()[1..], out _));
    }

    [Fact]
    public void ToString_OfInviteAndKeys_ShowsNoSecret()
    {
        var invite = Invite.Create(Key.ToDiscoveryKey(), _random);
        Assert.DoesNotContain(invite.Seed.ToString(), invite.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Keys.EncryptionKey.ToString()!, Keys.ToString(), StringComparison.Ordinal);
    }

    internal static byte[] Fill(byte value) => [.. Enumerable.Repeat(value, 32)];

    private static MemberRequest Read(CandidateRequest request)
    {
        Assert.True(MemberRequest.TryDecode(request.Encode().Span, out var read));
        return read;
    }

    private static byte[] Confirmed(Invite invite, CandidateRequest candidate, PairedKeys keys)
    {
        var request = Read(candidate);
        Assert.True(request.TryOpen(invite.PublicKey));
        request.Confirm(keys);
        return request.Response.ToArray();
    }
}
