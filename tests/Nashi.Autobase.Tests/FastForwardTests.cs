using System.Text.Json.Nodes;

namespace Nashi.Autobase.Tests;

/// <summary>Standing on what others signed, instead of applying all that led to it.</summary>
public sealed class FastForwardTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Autobase_ReaderOfALongBase_TakesOverWhatIsSigned(bool isEncrypted)
    {
        await using var writer = await Peer.OpenAsync(1, null, new AutobaseOptions { AckInterval = TimeSpan.Zero, IsEncrypted = isEncrypted });
        await FillAsync(writer, 2000);
        await using var reader = await Peer.OpenAsync(2, writer.Base.Key, new AutobaseOptions { AckInterval = TimeSpan.Zero, EncryptionKey = writer.Base.EncryptionKey });
        var jumped = Jump(reader, 100);
        writer.Connect(reader);
        await jumped.WaitAsync(Patience);
        await Rounds.UntilEqualAsync(writer, reader);
        Assert.Equal("value 1999", await ReadAsync(reader, 1999));
        Assert.Equal("value 3", await ReadAsync(reader, 3));

        // It stands on its own: a node of its own needs nobody.
        await writer.AppendAsync("add " + reader.LocalKey);
        await Rounds.UntilAsync([writer, reader], () => reader.Base.IsWritable);
        await reader.DisconnectAsync();
        await reader.AppendAsync("alone");
        writer.Connect(reader);
        await Rounds.UntilSignedAsync(writer, reader);
        Assert.Equal("alone", await ReadAsync(writer, 2000));
    }

    [Fact]
    public async Task Autobase_FastForwarded_ReopensWhereItWas()
    {
        using var folder = new TestKit.TempFolder();
        await using var writer = await Peer.OpenAsync(1);
        await FillAsync(writer, 1000);
        string state;
        await using (var reader = await Peer.OpenAsync(await Hypercore.Corestore.OpenAsync(folder["store"]), writer.Base.Key))
        {
            var jumped = Jump(reader, 100);
            writer.Connect(reader);
            await jumped.WaitAsync(Patience);
            await Rounds.UntilEqualAsync(writer, reader);
            state = reader.State();
        }

        await using var again = await Peer.OpenAsync(await Hypercore.Corestore.OpenAsync(folder["store"]));
        await again.Base.UpdateAsync();
        Assert.Equal(state, again.State());
        Assert.Equal(0, again.Handler.Calls);
        Assert.Equal("value 999", await ReadAsync(again, 999));
    }

    [Fact]
    public async Task Autobase_WriterLongAway_TakesOverWhatIsSignedAndKeepsItsOwn()
    {
        await using var first = await Peer.OpenAsync(1);
        await using var second = await Peer.OpenAsync(2, first.Base.Key);
        first.Connect(second);
        await first.AppendAsync("index " + second.LocalKey);
        await Rounds.UntilAsync([first, second], () => second.Base.IsIndexer);
        await using var third = await Peer.OpenAsync(3, first.Base.Key);
        first.Connect(third);
        await first.AppendAsync("add " + third.LocalKey);
        await Rounds.UntilAsync([first, second, third], () => third.Base.IsWritable);
        await third.AppendAsync("of the third");
        await Rounds.UntilSignedAsync(first, second, third);
        await third.DisconnectAsync();
        await third.AppendAsync("while away");
        first.Connect(second);
        for (var i = 0; i < 10; i++)
        {
            await FillAsync(first, 100);
            await Rounds.UntilSignedAsync(first, second);
        }

        var jumped = Jump(third, 200);
        first.Connect(third);
        var (start, end) = await jumped.WaitAsync(Patience);
        Assert.True(end >= start + 16);
        await Rounds.UntilSignedAsync(first, second, third);
        Assert.Contains("while away", await first.Handler.ReadLogAsync());
    }

    [Fact]
    public async Task Autobase_ReaderAwayWhileIndexersChange_StandsOnTheNextSystem()
    {
        await using var first = await Peer.OpenAsync(1);
        await using var third = await Peer.OpenAsync(3, first.Base.Key);
        first.Connect(third);
        await first.AppendAsync("hello");
        await Rounds.UntilSignedAsync(first, third);
        await third.DisconnectAsync();
        await using var second = await Peer.OpenAsync(2, first.Base.Key);
        first.Connect(second);
        await first.AppendAsync("index " + second.LocalKey);
        await Rounds.UntilAsync([first, second], () => second.Base.IsIndexer);
        for (var i = 0; i < 6; i++)
        {
            await FillAsync(first, 100);
            await Rounds.UntilSignedAsync(first, second);
        }

        first.Connect(third);
        await Rounds.UntilSignedAsync(first, second, third);
        Assert.Equal(601, (int)third.Handler.Log.Length);
        Assert.Equal(2, third.Base.System.Core.Manifest!.Signers.Length);
        Assert.Equal("hello", await ReadAsync(third, 0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Autobase_OfTheReference_IsFastForwardedByOurs(bool isEncrypted)
    {
        await using var theirs = await ReferencePeer.StartAsync(new JsonObject { ["encrypt"] = isEncrypted });
        await theirs.FillAsync(1000, 50);
        await using var ours = await Peer.OpenAsync(2, theirs.Key, new AutobaseOptions { AckInterval = TimeSpan.Zero, EncryptionKey = theirs.EncryptionKey is { } secret ? secret : (ReadOnlyMemory<byte>?)null });
        var jumped = Jump(ours, 30);
        await theirs.ConnectAsync(ours);
        await jumped.WaitAsync(Patience);
        var (state, _, _) = await theirs.StateAsync();
        await Rounds.UntilAsync([ours], () => ours.State() == state);
        Assert.Equal("value 777", await ReadAsync(ours, 777));
        await theirs.AppendAsync("add " + ours.LocalKey);
        await Rounds.UntilAsync([ours], () => ours.Base.IsWritable);
        await ours.AppendAsync("hello");
        await theirs.UntilAsync(ours);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Autobase_OfOurs_IsFastForwardedByTheReference(bool isEncrypted)
    {
        await using var ours = await Peer.OpenAsync(1, null, new AutobaseOptions { AckInterval = TimeSpan.Zero, IsEncrypted = isEncrypted });
        await ours.AppendAsync("first");
        var options = new JsonObject { ["fastForward"] = true };
        if (ours.Base.EncryptionKey is { } secret) options["encryptionKey"] = Convert.ToHexStringLower(secret.Span);
        await using var theirs = await ReferencePeer.JoinAsync(ours.Base.Key, options);
        await theirs.ConnectAsync(ours);
        await theirs.UntilAsync(ours);

        // Where it moves to a new system core and downloads it at the same time, the reference may give up on its peer: here it has moved before.
        await theirs.DisconnectAsync();
        await FillAsync(ours, 1000);
        await theirs.JumpFirstAsync();
        await theirs.ConnectAsync(ours);
        await theirs.NextAsync("fast-forward");
        await theirs.UntilAsync(ours);
        Assert.Equal("value 777", await theirs.ReadAsync(778));
        await ours.AppendAsync("add " + theirs.LocalKey);
        await theirs.UntilAsync(ours);
        await theirs.AppendAsync("hello");
        await theirs.UntilAsync(ours);
        Assert.Equal(1002UL, ours.Handler.Log.Length);
    }

    // In one process, applying may be done before the signed core is here: so applying waits for that.
    private static Task<(ulong From, ulong To)> Jump(Peer peer, ulong signed)
    {
        var isHere = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        peer.Base.System.Signed += () =>
        {
            if (peer.Base.SignedLength >= signed) isHere.TrySetResult();
        };
        peer.Handler.Before = () => peer.Base.System.Core.Manifest!.Quorum == 0 ? Task.CompletedTask : isHere.Task;
        var jumped = new TaskCompletionSource<(ulong From, ulong To)>(TaskCreationOptions.RunContinuationsAsynchronously);
        peer.Base.FastForwarded += (from, to) => jumped.TrySetResult((from, to));
        return jumped.Task;
    }

    private static async Task FillAsync(Peer peer, int count)
    {
        for (var i = 0; i < count; i += 10) await peer.AppendAsync([.. Enumerable.Range(i, 10).Select(one => $"value {one}")]);
        await peer.Base.UpdateAsync();
    }

    private static async Task<string> ReadAsync(Peer peer, ulong index) =>
        System.Text.Encoding.UTF8.GetString((await peer.Handler.Log.GetAsync(index, wait: true, CancellationToken.None).AsTask().WaitAsync(Patience))!);
}
