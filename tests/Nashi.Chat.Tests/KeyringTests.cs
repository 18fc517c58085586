using Nashi.Chat.Epochs;
using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Chat.Tests;

/// <summary>Keys and their records: a short name given to two keys makes nobody use another key than the rest.</summary>
public sealed class KeyringTests
{
    private static readonly CoreKey s_room = new(Blake2b.Hash("room"u8));
    private static readonly Bytes32 s_key = Blake2b.Hash("key"u8);

    [Fact]
    public void Key_OfAnotherCommitmentThanTheLogs_IsThrownAway()
    {
        using var box = NewBox("device"u8);
        var keyring = new Keyring(s_room, box);
        Assert.True(keyring.Add(s_key));
        keyring.Add(Forge(Record(box)), isApplied: true);
        Assert.False(keyring.TryGet(KeyIds.Of(s_room, s_key), out _));
        Assert.False(keyring.Add(s_key));
    }

    [Fact]
    public void Record_OfAStranger_IsDisplacedByTheLogs()
    {
        using var box = NewBox("device"u8);
        var keyring = new Keyring(s_room, box);
        keyring.Add(Forge(Record(box)));
        Assert.False(keyring.TryGet(KeyIds.Of(s_room, s_key), out _));
        Assert.True(keyring.Add(Record(box), isApplied: true));
        Assert.True(keyring.TryGet(KeyIds.Of(s_room, s_key), out var key));
        Assert.Equal(s_key, key);
        keyring.Add(Forge(Record(box)));
        Assert.True(keyring.TryGet(KeyIds.Of(s_room, s_key), out _));
    }

    [Fact]
    public void Record_OfALaterKey_OpensOlderOnesButNoneThatTheLogNamesOtherwise()
    {
        using var box = NewBox("device"u8);
        var later = Blake2b.Hash("later"u8);
        var record = EpochRecord.Create(s_room, later, EpochReason.Periodic, [box.PublicKey], [new(KeyIds.Of(s_room, s_key), s_key)], SystemRandom.Instance);
        var honest = new Keyring(s_room, box);
        Assert.True(honest.Add(record, isApplied: true));
        Assert.True(honest.TryGet(KeyIds.Of(s_room, s_key), out _));

        var other = new Keyring(s_room, box);
        using var stranger = NewBox("another"u8);
        other.Add(Forge(Record(stranger)), isApplied: true);
        other.Add(record, isApplied: true);
        Assert.False(other.TryGet(KeyIds.Of(s_room, s_key), out _));
    }

    [Fact]
    public void Records_OfStrangersByTheThousand_DoNotKeepTheLogsOut()
    {
        using var box = NewBox("device"u8);
        using var stranger = NewBox("another"u8);
        var keyring = new Keyring(s_room, box);
        for (var i = 0; i < 1000; i++) keyring.Add(EpochRecord.Create(s_room, Blake2b.Hash(BitConverter.GetBytes(i)), EpochReason.Periodic, [stranger.PublicKey], [], SystemRandom.Instance));
        Assert.False(keyring.Add(Record(box)));
        Assert.Empty(keyring.ListRecords());
        Assert.True(keyring.Add(Record(box), isApplied: true));
        Assert.Single(keyring.ListRecords());
        Assert.True(keyring.TryGet(KeyIds.Of(s_room, s_key), out _));
    }

    private static EncryptionKeyPair NewBox(ReadOnlySpan<byte> seed) => EncryptionKeyPair.FromSeed(Blake2b.Hash(seed).AsSpan());

    private static EpochRecord Record(EncryptionKeyPair box) => EpochRecord.Create(s_room, s_key, EpochReason.Periodic, [box.PublicKey], [], SystemRandom.Instance);

    // Another commitment that begins with the same 8 bytes: whoever has found two such keys has this.
    private static EpochRecord Forge(EpochRecord record)
    {
        var bytes = record.Commitment.AsSpan().ToArray();
        bytes[^1] ^= 1;
        return record with { Commitment = new Bytes32(bytes) };
    }
}
