namespace Nashi.Chat.Tests;

public sealed class RoomTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Room_TwoMembers_TalkAndSeeTheSame()
    {
        await using var anna = await Person.OpenAsync("anna");
        await using var ben = await Person.OpenAsync("ben");
        await anna.CreateAsync("garden");
        await anna.Room.SendAsync(new Draft("hello"), Token);
        await ben.JoinAsync(anna, await anna.Room.InviteAsync(null, Token));
        anna.Connect(ben);
        await Wait.UntilAsync(ben.Room, () => ben.Room.Status == RoomStatus.Ready);
        await ben.Room.SendAsync(new Draft("hi anna"), Token);
        await Wait.SameAsync(6, anna.Room, ben.Room);
        await Wait.ReadsAsync(anna, "anna: hello", "ben: hi anna");
        await Wait.ReadsAsync(ben, "anna: hello", "ben: hi anna");
        Assert.Equal(2, ben.Room.State.Members.Count);
        Assert.Equal("garden", ben.Room.Name);
    }

    [Fact]
    public async Task Room_EditReactDelete_AllSeeItAndContentIsGone()
    {
        await using var anna = await Person.OpenAsync("anna");
        await using var ben = await Person.OpenAsync("ben");
        await PairAsync(anna, ben);
        var first = await anna.Room.SendAsync(new Draft("frist"), Token);
        var second = await anna.Room.SendAsync(new Draft("my-secret-word", first.Id), Token);
        await Wait.ReadsAsync(ben, "anna: frist", "anna: my-secret-word");

        await anna.Room.EditAsync(first.Id, "first", Token);
        await ben.Room.ReactAsync(first.Id, "👍", cancellationToken: Token);
        await anna.Room.DeleteAsync(second.Id, Token);
        await Wait.ReadsAsync(ben, "anna: first", "anna: (deleted)");
        await Wait.UntilAsync([anna.Room], async () => (await anna.Room.FindAsync(first.Id)) is { Reactions: [{ Emoji: "👍" }] }, "The reaction");

        var edited = await ben.Room.FindAsync(first.Id, Token);
        Assert.True(edited is { IsEdited: true, Reactions: [{ By.Count: 1 }] });
        Assert.Equal(first.Id, (await ben.Room.FindAsync(second.Id, Token))!.ReplyTo);

        // Neither the first version of the edited nor the deleted message is on either disk.
        await Wait.UntilAsync([ben.Room], async () => await HeldAsync(ben, anna) == 1UL, "Cleared at the other's");
        Assert.Equal(1UL, await HeldAsync(anna, anna));
        await ben.Room.ReactAsync(first.Id, "👍", isOn: false, Token);
        await Wait.UntilAsync([anna.Room], async () => (await anna.Room.FindAsync(first.Id)) is { Reactions.Count: 0 }, "The reaction taken back");
        await Assert.ThrowsAsync<ChatException>(() => ben.Room.EditAsync(first.Id, "mine", Token).AsTask());
        await Assert.ThrowsAsync<ChatException>(() => ben.Room.DeleteAsync(first.Id, Token).AsTask());
    }

    [Fact]
    public async Task Room_Restarted_GoesOnAndCatchesUp()
    {
        await using var anna = await Person.OpenAsync("anna");
        await using var ben = await Person.OpenAsync("ben");
        await PairAsync(anna, ben);
        await anna.Room.SendAsync(new Draft("one"), Token);
        await Wait.ReadsAsync(ben, "anna: one");
        await ben.Room.DisconnectAsync();
        await ben.RestartAsync();
        Assert.Equal(RoomStatus.Ready, ben.Room.Status);
        Assert.Equal(["anna: one"], await ben.ReadAsync());
        await ben.Room.SendAsync(new Draft("alone"), Token);
        for (var i = 0; i < 300; i++) await anna.Room.SendManyAsync([$"missed {i}"], Token);
        await anna.RestartAsync();
        Assert.Equal(301, (await anna.ReadAsync()).Length);
        anna.Connect(ben);
        await Wait.UntilAsync([anna.Room, ben.Room], async () => (await ben.ReadAsync()).Length == 302 && (await anna.ReadAsync()).Length == 302 && !(await ben.ReadAsync()).Contains("anna: (missing)"), "302 messages");
        Assert.Equal(await anna.ReadAsync(), await ben.ReadAsync());
        Assert.Equal(300, await ben.Room.CountUnreadAsync(Token) - 1);
        await ben.Room.MarkReadAsync(Token);
        Assert.Equal(0, await ben.Room.CountUnreadAsync(Token));
    }

    [Fact]
    public async Task Room_MemberRemoved_KeyChangesAndDoorCloses()
    {
        await using var anna = await Person.OpenAsync("anna");
        await using var ben = await Person.OpenAsync("ben");
        await using var cleo = await Person.OpenAsync("cleo");
        await PairAsync(anna, ben);
        await cleo.JoinAsync(anna, await anna.Room.InviteAsync(null, Token));
        anna.Connect(cleo);
        await anna.Room.SendAsync(new Draft("all three"), Token);
        await Wait.ReadsAsync(ben, "anna: all three");
        await Wait.ReadsAsync(cleo, "anna: all three");

        await anna.Room.RemoveAsync(ben.Identity, Token);
        await anna.Room.SendAsync(new Draft("without ben"), Token);
        await Wait.ReadsAsync(cleo, "anna: all three", "anna: without ben");
        await Wait.UntilAsync([ben.Room, anna.Room], () => Task.FromResult(anna.Room.PeerCount == 1), "ben shut out");
        ben.Connect(cleo);
        await cleo.Room.SendAsync(new Draft("bye"), Token);
        await Wait.ReadsAsync(anna, "anna: all three", "anna: without ben", "cleo: bye");

        Assert.Equal(2, anna.Room.State.EpochCount);
        Assert.False(anna.Room.State.IsKeyStale);
        Assert.Equal(["anna: all three"], await ben.ReadAsync());
        await Assert.ThrowsAsync<ChatException>(() => cleo.Room.RemoveAsync(anna.Identity, Token).AsTask());
    }

    [Fact]
    public async Task Room_Delivery_SaysWhereAMessageIs()
    {
        await using var anna = await Person.OpenAsync("anna");
        await using var ben = await Person.OpenAsync("ben");
        await PairAsync(anna, ben, isConnected: false);
        var message = await anna.Room.SendAsync(new Draft("one"), Token);
        Assert.Equal(new Delivery(true, 0, 0, 1), anna.Room.DeliveryOf(message.Id));
        anna.Connect(ben);
        await Wait.UntilAsync(anna.Room, () => anna.Room.DeliveryOf(message.Id).Members == 1);
        Assert.Equal("on 1 of 1 members", anna.Room.DeliveryOf(message.Id).ToString());
    }

    [Fact]
    public async Task Host_MarkerInNameMessageAndFile_IsNowhereOnDisk()
    {
        const string marker = "xyzzy-marker-plugh";
        await using var anna = await Person.OpenAsync("anna");
        await using var ben = await Person.OpenAsync("ben", null, options => options with { Name = marker + " ben" });
        await anna.CreateAsync(marker + " room");
        await ben.JoinAsync(anna, await anna.Room.InviteAsync(null, Token));
        anna.Connect(ben);
        await Wait.UntilAsync(ben.Room, () => ben.Room.Status == RoomStatus.Ready);
        await anna.Room.SendAsync(new Draft($"text {marker}"), Token);
        await anna.Room.SendFileAsync(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(marker, 10_000)))), marker + ".txt", "text/plain", null, null, Token);
        await anna.Room.SendManyAsync([.. Enumerable.Range(0, 300).Select(i => $"{marker} {i}")], Token);
        await Wait.UntilAsync([ben.Room], async () => (await ben.ReadAsync()).Length == 302 && !(await ben.ReadAsync()).Contains("anna: (missing)"), "302 messages");
        var file = (await ben.Room.HistoryAsync(null, 1000, Token)).Single(message => message.Attachments.Count > 0).Attachments[0];
        await using (var stream = ben.Room.OpenFile(file)) await stream.CopyToAsync(Stream.Null, Token);
        Assert.Equal(file.Size, await ben.Room.CountHeldAsync(file, Token));
        await Wait.UntilAsync(ben.Room, () => Assert.Single(ben.Host.Rooms).Name == marker + " room", "The room's name in the list");
        await anna.Host.DisposeAsync();
        await ben.Host.DisposeAsync();

        var found = new[] { anna, ben }.SelectMany(one => Directory.EnumerateFiles(one.Folder, "*", SearchOption.AllDirectories))
            .Where(path => Path.GetFileName(path).Contains(marker, StringComparison.Ordinal) || File.ReadAllBytes(path).AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(marker)) >= 0);
        Assert.Empty(found);
    }

    private static async Task PairAsync(Person anna, Person ben, bool isConnected = true)
    {
        await anna.CreateAsync("garden");
        await ben.JoinAsync(anna, await anna.Room.InviteAsync(null, Token));
        if (!isConnected) return;
        anna.Connect(ben);
        await Wait.UntilAsync(ben.Room, () => ben.Room.Status == RoomStatus.Ready);
    }

    private static async Task<ulong> HeldAsync(Person who, Person of) =>
        (await who.Room.Store.GetAsync(of.Room.Cores.Content, new Hypercore.CoreOptions { IsWritable = false })).CountHeld();
}
