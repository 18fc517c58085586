using Nashi.BlindPeer;
using Nashi.TestKit;
using Nashi.Testing;

namespace Nashi.Chat.Tests;

/// <summary>Rooms over a DHT of their own: nothing is carried by hand.</summary>
public sealed class NetworkTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Host_ThreeHostsOnANetwork_InviteJoinAndTalkWithFiles()
    {
        await using var network = await TestNetwork.CreateAsync(4, cancellationToken: Token);
        await using var anna = await Person.OpenAsync("anna", await network.AddNodeAsync(cancellationToken: Token));
        await using var ben = await Person.OpenAsync("ben", await network.AddNodeAsync(cancellationToken: Token));
        await using var cleo = await Person.OpenAsync("cleo", await network.AddNodeAsync(cancellationToken: Token));
        await anna.CreateAsync("garden");
        await anna.Room.SendAsync(new Draft("hello"), Token);

        ben.Room = await Join(ben, anna);
        var steps = new List<JoinStep>();
        cleo.Room = await Join(cleo, ben, steps);
        var bytes = new byte[300_000];
        new SeededRandom(7).Fill(bytes);
        await ben.Room.SendFileAsync(new MemoryStream(bytes), "../photo.jpg", "image/jpeg", new Draft("look"), null, Token);
        await Wait.ReadsAsync(cleo, "anna: hello", "ben: look");
        await cleo.Room.SendAsync(new Draft("nice"), Token);
        foreach (var one in new[] { anna, ben, cleo }) await Wait.UntilAsync([one.Room], async () => (await one.ReadAsync()) is ["anna: hello", "ben: look", "cleo: nice"], "Three messages");

        Assert.Equal([JoinStep.Searching, JoinStep.Admitted, JoinStep.Joined], steps);
        var file = Assert.Single((await cleo.Room.HistoryAsync(null, 50, Token))[1].Attachments);
        Assert.Equal(("photo.jpg", "image/jpeg", 300_000UL), (file.Name, file.Type, file.Size));
        await using var stream = cleo.Room.OpenFile(file);
        var copy = new MemoryStream();
        await stream.CopyToAsync(copy, Token);
        Assert.True(copy.ToArray().AsSpan().SequenceEqual(bytes));
        Assert.True(await ben.Room.FlushAsync(TimeSpan.FromSeconds(30), Token));
    }

    [Fact]
    public async Task Room_NeverOnlineTogether_TalkThroughABlindPeerThatReadsNothing()
    {
        const string marker = "plugh-marker-xyzzy";
        await using var network = await TestNetwork.CreateAsync(4, cancellationToken: Token);
        using var folder = new TempFolder();
        var keeper = await BlindPeerServer.StartAsync(await network.AddNodeAsync(cancellationToken: Token), new BlindPeerServerOptions { Folder = folder.Path }, Token);
        await using var keeperClosing = keeper;
        ChatOptions WithKeeper(ChatOptions options) => options with { BlindPeers = [keeper.PublicKey], Name = $"{marker} {options.Name}" };
        await using var anna = await Person.OpenAsync("anna", await network.AddNodeAsync(cancellationToken: Token), WithKeeper);
        await using var ben = await Person.OpenAsync("ben", await network.AddNodeAsync(cancellationToken: Token), WithKeeper);
        await anna.CreateAsync(marker);
        ben.Room = await Join(ben, anna);
        await ben.Host.DisposeAsync();

        var message = await anna.Room.SendAsync(new Draft($"{marker} while you were away"), Token);
        var bytes = System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(marker, 5_000)));
        await anna.Room.SendFileAsync(new MemoryStream(bytes), $"{marker}.txt", null, null, null, Token);
        await Wait.UntilAsync(anna.Room, () => anna.Room.DeliveryOf(message.Id).BlindPeers == 1, "On the blind peer");
        Assert.Equal("on 1 blind peer", anna.Room.DeliveryOf(message.Id).ToString());
        await Wait.UntilAsync(anna.Room, () => anna.Room.IsKeptByBlindPeers, "The file on the blind peer");
        await anna.Host.DisposeAsync();

        await ben.ReopenAsync(marker);
        await Wait.UntilAsync([ben.Room], async () => (await ben.Room.HistoryAsync(null, 50, Token)) is [{ Text: marker + " while you were away", AuthorName: marker + " anna" }, { Attachments: [_] }], "The message and the file");
        var file = (await ben.Room.HistoryAsync(null, 1, Token))[0].Attachments[0];
        var copy = new MemoryStream();
        await using (var stream = ben.Room.OpenFile(file)) await stream.CopyToAsync(copy, Token).WaitAsync(TimeSpan.FromSeconds(60), Token);
        Assert.True(copy.ToArray().AsSpan().SequenceEqual(bytes));
        await ben.Host.DisposeAsync();
        await keeper.DisposeAsync();
        Assert.DoesNotContain(Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories), path => File.ReadAllBytes(path).AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(marker)) >= 0);
    }

    private static async Task<Room> Join(Person who, Person by, List<JoinStep>? steps = null)
    {
        var link = await by.Room.InviteAsync(null, Token);
        Assert.True(InviteLink.TryParse(link.ToText(), out var read));
        return await who.Host.JoinAsync(read, steps is null ? null : new Steps(steps), Token).AsTask().WaitAsync(TimeSpan.FromSeconds(90), Token);
    }

    private sealed class Steps(List<JoinStep> steps) : IProgress<JoinStep>
    {
        public void Report(JoinStep value) => steps.Add(value);
    }
}
