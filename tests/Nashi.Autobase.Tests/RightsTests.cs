namespace Nashi.Autobase.Tests;

/// <summary>Who may write, and what happens to the values of those who may not.</summary>
public sealed class RightsTests
{
    [Fact]
    public async Task AppendAsync_OfAStranger_IsRefused()
    {
        await using var first = await Peer.OpenAsync(1);
        await using var second = await Peer.OpenAsync(2, first.Base.Key);
        first.Connect(second);
        await first.AppendAsync("hello");
        var error = await Assert.ThrowsAsync<AutobaseException>(() => second.AppendAsync("me too"));
        Assert.Equal("NOT_WRITABLE", error.Code);
    }

    [Fact]
    public async Task AppendAsync_OfARemovedWriter_IsRefusedAndChangesNothing()
    {
        await using var first = await Peer.OpenAsync(1);
        await using var second = await Peer.OpenAsync(2, first.Base.Key);
        first.Connect(second);
        await first.AppendAsync("add " + second.LocalKey);
        await Rounds.UntilAsync([first, second], () => second.Base.IsWritable);
        await second.AppendAsync("before");
        await Rounds.UntilEqualAsync(first, second);

        // It does not hear of its removal, and goes on.
        await second.DisconnectAsync();
        await first.AppendAsync("remove " + second.LocalKey);
        await second.AppendAsync("after");
        first.Connect(second);
        await Rounds.UntilAsync([first, second], () => !second.Base.IsWritable);
        await first.AppendAsync("end");
        await Rounds.UntilEqualAsync(first, second);
        Assert.Equal("before", (await first.Handler.ReadLogAsync())[0]);
        Assert.Equal("end", (await first.Handler.ReadLogAsync())[^1]);
        await Assert.ThrowsAsync<AutobaseException>(() => second.AppendAsync("more"));
    }

    [Theory]
    [InlineData("welcome friend", true)]
    [InlineData("nobody asked for this", false)]
    public async Task AppendOptimisticAsync_OfAStranger_StandsWhenTheApplicationTakesNote(string text, bool isAccepted)
    {
        await using var first = await Peer.OpenAsync(1, optimistic: true);
        await using var second = await Peer.OpenAsync(2, first.Base.Key, optimistic: true);
        await using var third = await Peer.OpenAsync(3, first.Base.Key, optimistic: true);
        first.Connect(second);
        first.Connect(third);
        await first.AppendAsync("hello");
        await Rounds.UntilEqualAsync(first, second, third);
        await second.Base.AppendOptimisticAsync(System.Text.Encoding.UTF8.GetBytes(text));

        // A member has to hear of it: the stranger's core is nowhere named yet. Others hear of it from the member's next node.
        first.Base.Hint(second.Base.LocalKey);
        await Rounds.UntilAsync([first], () => isAccepted ? first.Handler.Log.Length == 2 : first.Handler.Calls > 1);
        await first.AppendAsync("set seen=1");
        await Rounds.UntilAsync([first, second, third], () => first.State() == second.State() && first.State() == third.State() && first.Handler.Log.Length == (isAccepted ? 2UL : 1));
        Assert.False(second.Base.IsWritable);
    }

    [Fact]
    public async Task Interrupt_WhileApplying_StopsTheBaseAndKeepsWhatWasBefore()
    {
        await using var peer = await Peer.OpenAsync(1);
        await peer.AppendAsync("a");
        var error = await Assert.ThrowsAsync<ApplyInterruptedException>(() => peer.AppendAsync("stop for version 2"));
        Assert.Equal("for version 2", error.Reason);
        Assert.IsType<ApplyInterruptedException>(peer.Base.Failure);
        await Assert.ThrowsAsync<ApplyInterruptedException>(() => peer.AppendAsync("b"));
        Assert.Equal(["a"], await peer.Handler.ReadLogAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Autobase_WriterOfNonsense_IsHeardNoMore(bool isEncrypted)
    {
        await using var first = await Peer.OpenAsync(1, null, new AutobaseOptions { AckInterval = TimeSpan.Zero, IsEncrypted = isEncrypted });
        var options = new AutobaseOptions { AckInterval = TimeSpan.Zero };
        if (isEncrypted) options = options with { EncryptionKey = first.Base.EncryptionKey };
        await using var second = await Peer.OpenAsync(2, first.Base.Key, options);
        first.Connect(second);
        await first.AppendAsync("add " + second.LocalKey);
        await Rounds.UntilAsync([first, second], () => second.Base.IsWritable);
        await second.AppendAsync("sense");
        await Rounds.UntilAsync([first, second], () => first.Handler.Log.Length == 1);
        await using (var raw = await second.Store.GetAsync(second.Base.LocalKey)) await raw.AppendAsync(new byte[] { 9, 9, 9 });
        await using var copy = await first.Store.GetAsync(second.Base.LocalKey);
        Assert.Equal(3, (await copy.GetAsync(1).AsTask().WaitAsync(TimeSpan.FromSeconds(60))).Length);
        await first.AppendAsync("more sense");
        Assert.Null(first.Base.Failure);
        Assert.Equal(["sense", "more sense"], await first.Handler.ReadLogAsync());
        Assert.Equal("LOCAL_DAMAGED", (await Assert.ThrowsAsync<AutobaseException>(() => second.AppendAsync("behind it"))).Code);
    }

    [Fact]
    public async Task AddWriterAsync_AgainWithOtherRights_MakesAndUnmakesAnIndexer()
    {
        await using var first = await Peer.OpenAsync(1);
        await using var second = await Peer.OpenAsync(2, first.Base.Key);
        first.Connect(second);
        await first.AppendAsync("add " + second.LocalKey);
        await Rounds.UntilAsync([first, second], () => second.Base.IsWritable);
        await second.AppendAsync("hello");
        await first.AppendAsync("index " + second.LocalKey);
        await Rounds.UntilAsync([first, second], () => second.Base.IsIndexer && first.Base.System.Core.Manifest!.Signers.Length == 2);
        await first.AppendAsync("add " + second.LocalKey);
        await Rounds.UntilAsync([first, second], () => !second.Base.IsIndexer && second.Base.System.Core.Manifest!.Signers.Length == 1);
        await second.AppendAsync("as a writer");
        await Rounds.UntilSignedAsync(first, second);
        Assert.Equal(["hello", "as a writer"], await first.Handler.ReadLogAsync());
    }

    [Fact]
    public async Task RemoveWriterAsync_OfTheLastIndexer_IsRefused()
    {
        await using var first = await Peer.OpenAsync(1);
        await using var second = await Peer.OpenAsync(2, first.Base.Key);
        first.Connect(second);
        await first.AppendAsync("add " + second.LocalKey);
        await Rounds.UntilAsync([first, second], () => second.Base.IsWritable);
        await second.AppendAsync("remove " + first.LocalKey);
        await Rounds.UntilSignedAsync(first, second);
        Assert.True(first.Base.IsWritable && first.Base.IsIndexer);
        Assert.Null(first.Base.Failure);
    }
}
