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
}
