using Nashi.Chat.Epochs;
using Nashi.Chat.Ops;
using Nashi.Chat.State;
using Nashi.Encoding;

namespace Nashi.Chat.Tests;

/// <summary>What a modified client may write: everybody refuses it alike, and says why.</summary>
public sealed class BadOpTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Room_BadOpsOfAModifiedClient_AreRefusedAlikeByAll()
    {
        await using var anna = await Person.OpenAsync("anna");
        await using var ben = await Person.OpenAsync("ben");
        await PairAsync(anna, ben);
        var message = await anna.Room.SendAsync(new Draft("mine"), Token);
        await Wait.ReadsAsync(ben, "anna: mine");
        var watching = ReadRefusalsAsync(anna.Room, 12);
        var key = Key(ben.Room);
        var now = new HybridTime((ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + 10_000, 0);
        byte[] Sealed(Op op, uint tick) => OpFrame.Seal(new(now with { Counter = tick }, op), key.Key, key.Value, ben.Room.Id, ben.Room.Writer, SystemRandom.Instance);
        byte[] Raw(params byte[] bytes) => [OpFrame.SealedOp, .. Sealing.Seal(bytes, key.Key, key.Value, ben.Room.Id, ben.Room.Writer.Value.AsSpan(), SystemRandom.Instance)];
        var stolen = await anna.Room.Handler.Log.GetAsync(message.Position, wait: false, Token);
        Assert.True(Rooms.LogEntry.TryDecode(stolen, out var entry));

        byte[][] bad =
        [
            [7, 7, 7, 7, 7],
            [OpFrame.SealedOp, 1, 2, 3],
            [OpFrame.SealedOp, .. new byte[OpFrame.MaxSize]],
            entry.Value.ToArray(),
            Raw(1, 2),
            Raw(2, 0, 0, 9, 9, 9),
            Raw(1, 200, 1, 0, 0),
            Sealed(new DeleteOp(message.Id), 1),
            Sealed(new EditOp(message.Id, 0, 1, false, false), 2),
            Sealed(new DeleteOp(message.Id), 0),
            OpFrame.Frame(EpochRecord.Create(ben.Room.Id, Cryptography.Blake2b.Hash("k"u8), EpochReason.Periodic, [], [], SystemRandom.Instance)),
            Sealed(new RemoveMemberOp(anna.Identity, []), 3),
        ];
        foreach (var value in bad) await ben.Room.AppendRawAsync(value, Token);
        await ben.Room.SendAsync(new Draft("honest again"), Token);

        Assert.Equal(
            [Refusal.UnknownKind, Refusal.UnknownKey, Refusal.Malformed, Refusal.Forged, Refusal.Malformed, Refusal.FutureVersion, Refusal.UnknownKind, Refusal.NotAllowed, Refusal.WrongTarget, Refusal.OutOfOrder, Refusal.NotAllowed, Refusal.NotAllowed],
            await watching.WaitAsync(TimeSpan.FromSeconds(60), Token));
        await Wait.ReadsAsync(anna, "anna: mine", "ben: honest again");
        await Wait.SameAsync(17, anna.Room, ben.Room);
        Assert.Equal(RoomStateCodec.Encode(anna.Room.State), RoomStateCodec.Encode(ben.Room.State));
        Assert.Equal(RoomStatus.Ready, anna.Room.Status);

        // What was refused is refused again after a restart, and leads to the same.
        await anna.RestartAsync();
        Assert.Equal(RoomStateCodec.Encode(ben.Room.State), RoomStateCodec.Encode(anna.Room.State));
    }

    [Fact]
    public async Task Room_CriticalOpOfANewerVersion_StopsThoseWhoDoNotKnowIt()
    {
        await using var anna = await Person.OpenAsync("anna");
        await using var ben = await Person.OpenAsync("ben");
        await PairAsync(anna, ben);
        await anna.Room.SendAsync(new Draft("before"), Token);
        await Wait.ReadsAsync(ben, "anna: before");
        var key = Key(anna.Room);
        byte[] value = [OpFrame.SealedOp, .. Sealing.Seal([9, 99, (byte)OpFlags.Critical, 1, 2, 3], key.Key, key.Value, anna.Room.Id, anna.Room.Writer.Value.AsSpan(), SystemRandom.Instance)];
        await Assert.ThrowsAnyAsync<Exception>(() => anna.Room.AppendRawAsync(value, Token));
        Assert.Equal(RoomStatus.UpdateNeeded, anna.Room.Status);
        Assert.Equal(["anna: before"], await anna.ReadAsync());
        Assert.Equal(["anna: before"], await ben.ReadAsync());
    }

    [Fact]
    public async Task Room_MoreThanTheRateLimit_IsRefusedByAll()
    {
        await using var anna = await Person.OpenAsync("anna");
        await anna.CreateAsync("garden", new RoomOptions { OpsPerMinute = 1, Burst = 3 });
        for (var i = 0; i < 3; i++) await anna.Room.SendAsync(new Draft($"{i}"), Token);
        var error = await Assert.ThrowsAsync<ChatException>(() => anna.Room.SendAsync(new Draft("too much"), Token).AsTask());
        Assert.Equal("NOT_ALLOWED", error.Code);
        Assert.Equal(3, (await anna.ReadAsync()).Length);
    }

    private static KeyValuePair<ulong, Bytes32> Key(Room room) => room.Keyring.List().Single(one => one.Key == room.State.Current!.KeyId);

    private static async Task<Refusal[]> ReadRefusalsAsync(Room room, int count)
    {
        var refusals = new List<Refusal>();
        await foreach (var one in room.WatchAsync(Token))
        {
            if (one is RefusedEvent refused) refusals.Add(refused.Reason);
            if (refusals.Count == count) break;
        }

        return [.. refusals];
    }

    private static async Task PairAsync(Person anna, Person ben)
    {
        await anna.CreateAsync("garden");
        await ben.JoinAsync(anna, await anna.Room.InviteAsync(null, Token));
        anna.Connect(ben);
        await Wait.UntilAsync(ben.Room, () => ben.Room.Status == RoomStatus.Ready);
    }
}
