using System.Diagnostics;

namespace Nashi.Chat.Tests;

/// <summary>Rooms that go on: without their maker, after partitions, with many messages.</summary>
public sealed class HistoryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Room_CreatorGoneForEver_GoesOnAndOrderStillBecomesFinal()
    {
        static ChatOptions Quick(ChatOptions options) => options with { AckInterval = TimeSpan.FromMilliseconds(50) };
        await using var anna = await Person.OpenAsync("anna", null, Quick);
        await using var ben = await Person.OpenAsync("ben", null, Quick);
        await using var cleo = await Person.OpenAsync("cleo", null, Quick);
        await anna.CreateAsync("garden");
        await ben.JoinAsync(anna, await anna.Room.InviteAsync(new InviteOptions { Role = RoomRole.Admin }, Token));
        await cleo.JoinAsync(anna, await anna.Room.InviteAsync(null, Token));
        anna.Connect(ben);
        anna.Connect(cleo);
        ben.Connect(cleo);
        await anna.Room.SendAsync(new Draft("I found this"), Token);
        await Wait.ReadsAsync(ben, "anna: I found this");
        await Wait.ReadsAsync(cleo, "anna: I found this");
        Assert.Equal(3, ben.Room.State.Indexers.Count);
        await Wait.UntilAsync([anna.Room, ben.Room, cleo.Room], () => Task.FromResult(ben.Room.Base.IsIndexer && cleo.Room.Base.IsIndexer), "Three indexers");
        await anna.Host.DisposeAsync();

        await ben.Room.SendAsync(new Draft("she is gone"), Token);
        await cleo.Room.SendAsync(new Draft("we are not"), Token);
        await Wait.UntilAsync([ben.Room, cleo.Room], async () => (await ben.ReadAsync()) is ["anna: I found this", _, _] && (await cleo.ReadAsync()) is ["anna: I found this", _, _], "Three messages");

        // Two of three are enough for what they wrote to become final.
        await Wait.UntilAsync([ben.Room, cleo.Room], () => Task.FromResult(ben.Room.Handler.Log.SignedLength >= 8 && cleo.Room.Handler.Log.SignedLength >= 8), "A signed log");
        await using var dora = await Person.OpenAsync("dora", null, Quick);
        await dora.JoinAsync(ben, await ben.Room.InviteAsync(null, Token));
        dora.Connect(ben);
        await Wait.UntilAsync([ben.Room, dora.Room], async () => (await dora.ReadAsync()) is ["anna: I found this", _, _], "History for who comes later");
    }

    [Fact]
    public async Task Room_PartitionsWithRemovalsOnBothSides_Converge()
    {
        await using var anna = await Person.OpenAsync("anna");
        await using var ben = await Person.OpenAsync("ben");
        await using var cleo = await Person.OpenAsync("cleo");
        await using var dora = await Person.OpenAsync("dora");
        await anna.CreateAsync("garden");
        await ben.JoinAsync(anna, await anna.Room.InviteAsync(new InviteOptions { Role = RoomRole.Admin }, Token));
        await cleo.JoinAsync(anna, await anna.Room.InviteAsync(null, Token));
        await dora.JoinAsync(anna, await anna.Room.InviteAsync(null, Token));
        Person[] all = [anna, ben, cleo, dora];
        for (var i = 0; i < all.Length; i++)
        {
            for (var j = 0; j < i; j++) all[i].Connect(all[j]);
        }

        await Wait.UntilAsync([.. all.Select(one => one.Room)], () => Task.FromResult(all.All(one => one.Room.Status == RoomStatus.Ready)), "All members");
        foreach (var one in all) await one.Room.SendAsync(new Draft($"{one.Name} is here"), Token);
        await Wait.UntilAsync([.. all.Select(one => one.Room)], async () => (await Task.WhenAll(all.Select(one => one.ReadAsync()))).All(lines => lines.Length == 4), "Four messages");
        foreach (var one in all) await one.Room.DisconnectAsync();

        await anna.Room.RemoveAsync(cleo.Identity, Token);
        await anna.Room.SendAsync(new Draft("without cleo"), Token);
        await ben.Room.RemoveAsync(dora.Identity, Token);
        await ben.Room.SendAsync(new Draft("without dora"), Token);
        anna.Connect(ben);
        await Wait.UntilAsync([anna.Room, ben.Room], async () => (await anna.ReadAsync()).Length == 6 && (await ben.ReadAsync()).Length == 6 && !anna.Room.State.NeedsRotation && !ben.Room.State.NeedsRotation, "One room and a third key");
        Assert.Equal(await anna.ReadAsync(), await ben.ReadAsync());
        Assert.Equal(2, anna.Room.State.Members.Count);

        await anna.Room.SendAsync(new Draft("only us"), Token);
        await Wait.UntilAsync([anna.Room, ben.Room], async () => (await ben.ReadAsync()).Contains("anna: only us"), "The last message");
        cleo.Connect(dora);
        cleo.Connect(anna);
        Assert.DoesNotContain(anna.Room.State.Current!.KeyId, cleo.Room.Keyring.List().Concat(dora.Room.Keyring.List()).Select(key => key.Key));
    }
}
