namespace Nashi.Autobase.Tests;

public sealed class GroupTests
{
    [Fact]
    public async Task Autobase_WriterIsAdded_BothWriteAndAgree()
    {
        await using var first = await Peer.OpenAsync(1);
        await using var second = await Peer.OpenAsync(2, first.Base.Key);
        first.Connect(second);
        await first.AppendAsync("hello");
        await first.AppendAsync("add " + second.LocalKey);
        await Rounds.UntilAsync([first, second], () => second.Base.IsWritable);
        await second.AppendAsync("hi");
        await Rounds.UntilSignedAsync(first, second);
        Assert.Equal(["hello", "hi"], await first.Handler.ReadLogAsync());
        Assert.False(second.Base.IsIndexer);
    }

    [Fact]
    public async Task Autobase_TwoIndexers_SignTogether()
    {
        await using var first = await Peer.OpenAsync(1);
        await using var second = await Peer.OpenAsync(2, first.Base.Key);
        first.Connect(second);
        await first.AppendAsync("hello");
        await first.AppendAsync("index " + second.LocalKey);
        await Rounds.UntilAsync([first, second], () => second.Base.IsIndexer);
        for (var i = 0; i < 10; i++)
        {
            await first.AppendAsync($"first {i}");
            await second.AppendAsync("set k" + i + "=v");
        }

        await Rounds.UntilSignedAsync(first, second);
        Assert.Equal(2, first.Base.System.Core.Manifest!.Signers.Length);
        Assert.Equal(11, (await second.Handler.ReadLogAsync()).Count);
    }

    [Fact]
    public async Task Autobase_WithAckInterval_SignsByItself()
    {
        var options = new AutobaseOptions { AckInterval = TimeSpan.FromMilliseconds(20) };
        await using var first = await Peer.OpenAsync(1, null, options);
        await using var second = await Peer.OpenAsync(2, first.Base.Key, options);
        await using var third = await Peer.OpenAsync(3, first.Base.Key, options);
        Peer[] peers = [first, second, third];
        first.Connect(second);
        first.Connect(third);
        second.Connect(third);
        await first.AppendAsync("index " + second.LocalKey, "index " + third.LocalKey);
        await Rounds.UntilAsync(peers, () => peers.All(peer => peer.Base.IsIndexer), acks: false);
        foreach (var peer in peers) await peer.AppendAsync("hello of " + peer.LocalKey);
        await Rounds.UntilAsync(peers, () => peers.All(peer => peer.IsSigned && peer.Handler.Log.Length == 3), acks: false);
        Assert.Equal(3, first.Base.System.Core.Manifest!.Signers.Length);
        Assert.All(peers, peer => Assert.Equal(first.Handler.Log.TreeHash, peer.Handler.Log.TreeHash));
    }
}
