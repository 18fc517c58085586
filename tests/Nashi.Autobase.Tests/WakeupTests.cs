using Nashi.Encoding;
using Nashi.Hypercore;
using Nashi.Protomux.Wakeup;
using Nashi.TestKit;

namespace Nashi.Autobase.Tests;

/// <summary>Peers tell each other which writers have news: only those are opened.</summary>
public sealed class WakeupTests
{
    [Fact]
    public async Task Autobase_ReopenedReader_OpensAQuietWriterWhenAPeerTellsOfNews()
    {
        using var folder = new TempFolder();
        await using var first = await Peer.OpenAsync(1);
        await using var second = await Peer.OpenAsync(2, first.Base.Key);
        await MeetAsync(folder, first, second);

        using var swarm = new WakeupSwarm();
        await using var reader = await Peer.OpenAsync(await Corestore.OpenAsync(folder["store"]), null, Options(swarm));
        await reader.Base.UpdateAsync();
        Assert.DoesNotContain(second.Base.LocalKey, reader.Base.OpenWriters);

        // Nobody but the writer itself knows of this.
        await second.AppendAsync("news");
        second.Connect(reader);
        await Rounds.UntilEqualAsync(second, reader);
        Assert.Contains(second.Base.LocalKey, reader.Base.OpenWriters);
        Assert.Equal("news", (await reader.Handler.ReadLogAsync())[^1]);

        // And on a connection that is open already.
        await second.AppendAsync("more news");
        await Rounds.UntilEqualAsync(second, reader);
    }

    [Fact]
    public async Task Autobase_QuietWriter_IsOpenedWhenTheReferenceTellsOfNews()
    {
        using var folder = new TempFolder();
        await using var first = await Peer.OpenAsync(1);
        await using var theirs = await ReferencePeer.JoinAsync(first.Base.Key);
        await theirs.ConnectAsync(first);
        await first.AppendAsync("add " + theirs.LocalKey);
        await theirs.UntilWritableAsync();
        await theirs.AppendAsync("hello");
        await theirs.UntilAsync(first);
        await first.AppendAsync("last");
        await theirs.UntilAsync(first);
        await using (var before = await Peer.OpenAsync(await Corestore.OpenAsync(folder["store"]), first.Base.Key))
        {
            first.Connect(before);
            await Rounds.UntilEqualAsync(first, before);
        }

        await theirs.DisconnectAsync();
        await first.DisconnectAsync();
        using var swarm = new WakeupSwarm();
        await using var reader = await Peer.OpenAsync(await Corestore.OpenAsync(folder["store"]), null, Options(swarm));
        await reader.Base.UpdateAsync();
        Assert.DoesNotContain(theirs.LocalKey, reader.Base.OpenWriters.Select(key => Convert.ToHexStringLower(key.ToArray())));
        await theirs.AppendAsync("news");
        await theirs.ConnectAsync(reader);
        await theirs.UntilAsync(reader);
        Assert.Equal("news", (await reader.Handler.ReadLogAsync())[^1]);
    }

    [Fact]
    public async Task Autobase_QuietWriterOfOurs_IsOpenedByTheReferenceWhenWeTellOfNews()
    {
        using var folder = new TempFolder();
        await using var first = await Peer.OpenAsync(1);
        await using var second = await Peer.OpenAsync(2, first.Base.Key);
        await MeetAsync(folder: null, first, second);
        await using (var before = await ReferencePeer.StartAsync(new System.Text.Json.Nodes.JsonObject { ["key"] = Convert.ToHexStringLower(first.Base.Key.ToArray()) }, folder["js"]))
        {
            await before.ConnectAsync(first);
            await before.UntilAsync(first);
            await before.CloseAsync();
        }

        await first.DisconnectAsync();
        await using var theirs = await ReferencePeer.StartAsync(null, folder["js"]);
        await second.AppendAsync("news");
        await theirs.ConnectAsync(second);
        await theirs.UntilAsync(second);
        Assert.Equal("news", await theirs.ReadAsync((int)second.Handler.Log.Length - 1));
    }

    private static AutobaseOptions Options(WakeupSwarm swarm) => new() { AckInterval = TimeSpan.Zero, Wakeup = swarm };

    // The second writes something that becomes final, and says nothing last.
    private static async Task MeetAsync(TempFolder? folder, Peer first, Peer second)
    {
        first.Connect(second);
        await first.AppendAsync("add " + second.LocalKey);
        await Rounds.UntilAsync([first, second], () => second.Base.IsWritable);
        await second.AppendAsync("hello");
        await Rounds.UntilSignedAsync(first, second);
        await first.AppendAsync("last");
        await Rounds.UntilSignedAsync(first, second);
        if (folder is null) return;
        await using (var reader = await Peer.OpenAsync(await Corestore.OpenAsync(folder["store"]), first.Base.Key))
        {
            first.Connect(reader);
            await Rounds.UntilSignedAsync(first, reader);
        }

        await first.DisconnectAsync();
    }
}
