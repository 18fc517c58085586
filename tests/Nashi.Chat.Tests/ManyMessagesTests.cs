using System.Diagnostics;
using System.Globalization;

namespace Nashi.Chat.Tests;

/// <summary>Rooms with many messages: NASHI_CHAT_MESSAGES=100000 in the environment measures them, and prints the figures.</summary>
public sealed class ManyMessagesTests(ITestOutputHelper output)
{
    private const int Batch = 100;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static int Count => int.TryParse(Environment.GetEnvironmentVariable("NASHI_CHAT_MESSAGES"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 2_000;

    [Fact]
    public async Task Room_ManyMessages_OpensItsLastPageAndLetsOthersCatchUp()
    {
        await using var anna = await Person.OpenAsync("anna");
        await using var ben = await Person.OpenAsync("ben");
        await anna.CreateAsync("garden", new RoomOptions { OpsPerMinute = 0 });
        await ben.JoinAsync(anna, await anna.Room.InviteAsync(null, Token));
        anna.Connect(ben);
        await Wait.UntilAsync(ben.Room, () => ben.Room.Status == RoomStatus.Ready);
        var missed = Math.Max(Batch, Count / 10);
        await WriteAsync(anna, Count - missed, "first");
        await Wait.SameAsync(3 + (ulong)(Count - missed), anna.Room, ben.Room);
        await ben.Room.DisconnectAsync();
        await WriteAsync(anna, missed, "missed");

        var clock = Stopwatch.StartNew();
        anna.Connect(ben);
        await Wait.UntilAsync([ben.Room, anna.Room], () => Task.FromResult(ben.Room.Length == anna.Room.Length && ben.Room.HasAllContents), "Everything missed");
        output.WriteLine($"caught up on {missed} messages in {clock.ElapsedMilliseconds} ms");
        Assert.DoesNotContain(await ben.Room.HistoryAsync(null, 200, Token), message => message.IsMissing);

        await anna.RestartAsync();
        await anna.Host.DisposeAsync();
        clock.Restart();
        await anna.ReopenAsync("garden");
        var page = await anna.Room.HistoryAsync(null, 50, Token);
        output.WriteLine($"opened {Count} messages and showed the last page in {clock.ElapsedMilliseconds} ms; {GC.GetTotalMemory(true) >> 20} MB managed, {Environment.WorkingSet >> 20} MB in all (writer and reader)");
        Assert.Equal($"missed {missed - 1}", page[^1].Text);
        Assert.Equal(50, page.Count);
        Assert.Equal($"missed {missed - 51}", (await anna.Room.HistoryAsync(page[0].Position, 1, Token))[0].Text);
    }

    private static async Task WriteAsync(Person who, int count, string what)
    {
        for (var i = 0; i < count; i += Batch) await who.Room.SendManyAsync([.. Enumerable.Range(i, Math.Min(Batch, count - i)).Select(n => $"{what} {n}")], Token);
    }
}
