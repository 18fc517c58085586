using Nashi.Hypercore;
using Nashi.TestKit;

namespace Nashi.Autobase.Tests;

/// <summary>What a store keeps of a base, for us and for the reference.</summary>
public sealed class StoreTests
{
    [Fact]
    public async Task Autobase_Reopened_GoesOnWhereItWas()
    {
        using var folder = new TempFolder();
        string state;
        await using (var peer = await Peer.OpenAsync(await Corestore.OpenAsync(folder["store"])))
        {
            await peer.AppendAsync("a");
            await peer.AppendAsync("set k=1", "b");
            state = peer.State();
        }

        await using var again = await Peer.OpenAsync(await Corestore.OpenAsync(folder["store"]));
        Assert.Equal(state, again.State());
        await again.Base.UpdateAsync();
        Assert.Equal(0, again.Handler.Calls);
        await again.AppendAsync("c");
        Assert.Equal(["a", "b", "c"], await again.Handler.ReadLogAsync());
        await again.Base.UpdateAsync();
        Assert.True(again.IsSigned);
    }

    [Fact]
    public async Task Autobase_ReopenedWithAnUndecidedEnd_AppliesItAgain()
    {
        using var folder = new TempFolder();
        await using var first = await Peer.OpenAsync(1);
        string state;
        await using (var second = await Peer.OpenAsync(await Corestore.OpenAsync(folder["store"]), first.Base.Key))
        {
            first.Connect(second);
            await first.AppendAsync("index " + second.LocalKey);
            await Rounds.UntilAsync([first, second], () => second.Base.IsIndexer);
            await second.DisconnectAsync();
            for (var i = 0; i < 5; i++) await second.AppendAsync($"alone {i}");
            state = second.State();
        }

        await using var again = await Peer.OpenAsync(await Corestore.OpenAsync(folder["store"]));
        await again.Base.UpdateAsync();
        Assert.Equal(first.Base.Key, again.Base.Key);
        Assert.Equal(state, again.State());
        first.Connect(again);
        await Rounds.UntilSignedAsync(first, again);
        Assert.Equal(5, (int)first.Handler.Log.Length);
    }

    [Fact]
    public async Task Autobase_StoreInTurnOpenedByTheReferenceAndUs_GoesOn()
    {
        using var folder = new TempFolder();
        await using (var theirs = await ReferencePeer.StartAsync(folder: folder["store"]))
        {
            await theirs.AppendAsync("a");
            await theirs.AppendAsync("set k=1", "b");
            await theirs.CloseAsync();
        }

        string state;
        await using (var ours = await Peer.OpenAsync(await Corestore.OpenAsync(folder["store"])))
        {
            Assert.Equal(["a", "b"], await ours.Handler.ReadLogAsync());
            await ours.AppendAsync("c");
            await ours.AppendAsync("set l=2");
            await ours.Base.UpdateAsync();
            Assert.True(ours.IsSigned);
            state = ours.State();
        }

        await using (var theirs = await ReferencePeer.StartAsync(folder: folder["store"]))
        {
            Assert.Equal(state, (await theirs.StateAsync()).State);
            await theirs.AppendAsync("d");
            state = (await theirs.StateAsync()).State;
            await theirs.CloseAsync();
        }

        await using var last = await Peer.OpenAsync(await Corestore.OpenAsync(folder["store"]));
        await last.Base.UpdateAsync();
        Assert.Equal(state, last.State());
        Assert.Equal(["a", "b", "c", "d"], await last.Handler.ReadLogAsync());
    }
}
