using System.Buffers;
using System.Text.Json;
using CsCheck;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.TestKit;

namespace Nashi.SecretStream.Tests;

public sealed class NoiseHandshakeTests
{
    public static TheoryData<int> Handshakes => [0, 1, 2, 3, 4];

    private static JsonElement Golden { get; } = Vectors.Load("noise");

    [Theory]
    [MemberData(nameof(Handshakes))]
    public void Handshake_FixedEphemerals_EqualsReference(int index)
    {
        var golden = Golden.GetProperty("handshakes")[index];
        var (initiator, responder) = Start(golden.GetProperty("pattern").GetString()!, golden.Bytes("prologue"));
        var (from, to) = (initiator, responder);
        foreach (var step in golden.GetProperty("messages").EnumerateArray())
        {
            var message = Write(from, step.Bytes("payload"));
            Assert.Equal(step.Bytes("message"), message);
            Assert.True(to.TryReadMessage(message, out var payload));
            Assert.Equal(step.Bytes("payload"), payload);
            (from, to) = (to, from);
        }

        using var a = initiator.Finish();
        using var b = responder.Finish();
        Assert.Equal(golden.Bytes("hash"), a.Hash.ToArray());
        Assert.Equal(golden.Bytes("hash"), b.Hash.ToArray());
        Assert.Equal(golden.Bytes("initiatorTransmit"), a.TransmitKey.ToArray());
        Assert.Equal(golden.Bytes("initiatorReceive"), a.ReceiveKey.ToArray());
        Assert.Equal(a.TransmitKey.ToArray(), b.ReceiveKey.ToArray());
        Assert.Equal(a.ReceiveKey.ToArray(), b.TransmitKey.ToArray());
        Assert.Equal(a.RemotePublicKey, b.LocalPublicKey);
        Assert.Equal(b.RemotePublicKey, a.LocalPublicKey);
    }

    [Theory]
    [MemberData(nameof(Handshakes))]
    public void StreamSecrets_OfHash_EqualsReference(int index)
    {
        var golden = Golden.GetProperty("handshakes")[index];
        var hash = golden.Bytes("hash");
        Assert.Equal(golden.Bytes("initiatorStreamId"), StreamSecrets.StreamId(hash, true).ToArray());
        Assert.Equal(golden.Bytes("responderStreamId"), StreamSecrets.StreamId(hash, false).ToArray());
        Assert.Equal(golden.Bytes("initiatorUnorderedKey"), StreamSecrets.UnorderedKey(hash, true).ToArray());
        Assert.Equal(golden.Bytes("responderUnorderedKey"), StreamSecrets.UnorderedKey(hash, false).ToArray());
    }

    [Fact]
    public void TryWriteMessage_UnacceptableRemoteKey_RefusesTheSamePointsAsReference()
    {
        foreach (var row in Golden.GetProperty("points").EnumerateArray())
        {
            using var handshake = NoiseHandshake.StartIK(true, Seeded(1), new PublicKey(row.Bytes("point")), default, new FixedRandom(3));
            Assert.Equal(row.GetProperty("accepted").GetBoolean(), handshake.TryWriteMessage(default, new ArrayBufferWriter<byte>()));
        }
    }

    [Fact]
    public void TryReadMessage_UnacceptableEphemeral_IsRefusedAndLeavesState()
    {
        foreach (var row in Golden.GetProperty("points").EnumerateArray())
        {
            if (row.GetProperty("accepted").GetBoolean()) continue;
            var (initiator, responder) = Start("IK", default);
            var forged = Write(initiator, default);
            row.Bytes("point").CopyTo(forged, 0);
            Assert.False(responder.TryReadMessage(forged, out _));
            AssertCompletes(Start("IK", default).Initiator, responder);
        }
    }

    [Fact]
    public void TryReadMessage_MeantForAnotherKey_IsRefused()
    {
        using var initiator = NoiseHandshake.StartIK(true, Seeded(1), Seeded(9).PublicKey, default, new FixedRandom(3));
        using var responder = NoiseHandshake.StartIK(false, Seeded(2), null, default, new FixedRandom(4));
        Assert.False(responder.TryReadMessage(Write(initiator, default), out _));
    }

    [Fact]
    public void TryReadMessage_OtherPrologue_IsRefused()
    {
        using var initiator = NoiseHandshake.StartIK(true, Seeded(1), Seeded(2).PublicKey, [1], new FixedRandom(3));
        using var responder = NoiseHandshake.StartIK(false, Seeded(2), null, [2], new FixedRandom(4));
        Assert.False(responder.TryReadMessage(Write(initiator, default), out _));
    }

    [Fact]
    public void TryReadMessage_AnyTruncationOrMutation_IsRefusedAndLeavesState()
    {
        Gen.Select(Gen.Int[0, 1], Gen.Int[0, 1000], Gen.Byte[1, 255], Gen.Bool).Sample(input =>
        {
            var (step, position, flip, truncate) = input;
            var (initiator, responder) = Start("IK", default);
            var good = Write(initiator, [1, 2, 3]);
            var reader = responder;
            if (step == 1)
            {
                Assert.True(responder.TryReadMessage(good, out _));
                good = Write(responder, [4, 5, 6]);
                reader = initiator;
            }

            var bad = truncate ? good[..(position % good.Length)] : [.. good];
            if (!truncate) bad[position % bad.Length] ^= flip;
            Assert.False(reader.TryReadMessage(bad, out _));
            Assert.True(reader.TryReadMessage(good, out _));
        });
    }

    [Fact]
    public void Clone_AfterFirstMessage_AnswersAgainFromTheSameState()
    {
        var (initiator, responder) = Start("IK", default);
        Assert.True(responder.TryReadMessage(Write(initiator, default), out _));
        using var snapshot = responder.Clone();
        using var other = initiator.Clone();
        AssertFinishEqual(initiator, responder, [1]);
        AssertFinishEqual(other, snapshot, [2]);
    }

    [Fact]
    public void TryWriteMessage_OutOfTurn_Throws()
    {
        var (initiator, responder) = Start("XX", default);
        Assert.Throws<InvalidOperationException>(() => responder.TryWriteMessage(default, new ArrayBufferWriter<byte>()));
        Assert.Throws<InvalidOperationException>(() => initiator.TryReadMessage(default, out _));
        Assert.Throws<InvalidOperationException>(() => initiator.Finish());
    }

    private static (NoiseHandshake Initiator, NoiseHandshake Responder) Start(string pattern, ReadOnlySpan<byte> prologue) => pattern == "IK"
        ? (NoiseHandshake.StartIK(true, Seeded(1), Seeded(2).PublicKey, prologue, new FixedRandom(3)),
            NoiseHandshake.StartIK(false, Seeded(2), null, prologue, new FixedRandom(4)))
        : (NoiseHandshake.StartXX(true, Seeded(1), prologue, new FixedRandom(3)),
            NoiseHandshake.StartXX(false, Seeded(2), prologue, new FixedRandom(4)));

    private static void AssertCompletes(NoiseHandshake initiator, NoiseHandshake responder)
    {
        Assert.True(responder.TryReadMessage(Write(initiator, default), out _));
        AssertFinishEqual(initiator, responder, default);
    }

    private static void AssertFinishEqual(NoiseHandshake initiator, NoiseHandshake responder, ReadOnlySpan<byte> payload)
    {
        Assert.True(initiator.TryReadMessage(Write(responder, payload), out _));
        using var a = initiator.Finish();
        using var b = responder.Finish();
        Assert.Equal(a.Hash.ToArray(), b.Hash.ToArray());
        Assert.Equal(a.TransmitKey.ToArray(), b.ReceiveKey.ToArray());
    }

    private static byte[] Write(NoiseHandshake handshake, ReadOnlySpan<byte> payload)
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.True(handshake.TryWriteMessage(payload, output));
        return output.WrittenSpan.ToArray();
    }

    private static KeyPair Seeded(byte value)
    {
        Span<byte> seed = stackalloc byte[KeyPair.SeedSize];
        seed.Fill(value);
        return KeyPair.FromSeed(seed);
    }
}
