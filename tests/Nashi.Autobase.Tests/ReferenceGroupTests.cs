using System.Text.Json.Nodes;

namespace Nashi.Autobase.Tests;

/// <summary>Groups in which the reference and we write and index together: they end with the same bytes, signed by both.</summary>
public sealed class ReferenceGroupTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Autobase_OfTheReference_IsJoinedAsIndexer(bool isEncrypted)
    {
        await using var theirs = await ReferencePeer.StartAsync(new JsonObject { ["encrypt"] = isEncrypted });
        await theirs.AppendAsync("hello");
        await using var ours = await Peer.OpenAsync(2, theirs.Key, Options(theirs.EncryptionKey));
        await theirs.ConnectAsync(ours);
        await theirs.AppendAsync("index " + ours.LocalKey);
        await UntilAsync(ours, theirs, () => ours.Base.IsIndexer);
        await PlayAsync(ours, theirs);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Autobase_OfOurs_IsJoinedByTheReferenceAsIndexer(bool isEncrypted)
    {
        await using var ours = await Peer.OpenAsync(1, null, new AutobaseOptions { AckInterval = TimeSpan.Zero, IsEncrypted = isEncrypted });
        await ours.AppendAsync("hello");
        var options = new JsonObject();
        if (ours.Base.EncryptionKey is { } secret) options["encryptionKey"] = Convert.ToHexStringLower(secret.Span);
        await using var theirs = await ReferencePeer.JoinAsync(ours.Base.Key, options);
        await theirs.ConnectAsync(ours);
        await ours.AppendAsync("index " + theirs.LocalKey);
        await UntilAsync(ours, theirs, () => ours.Base.System.Core.Manifest!.Signers.Length == 2);
        await PlayAsync(ours, theirs);
    }

    private static async Task PlayAsync(Peer ours, ReferencePeer theirs)
    {
        for (var i = 0; i < 10; i++)
        {
            await theirs.AppendAsync($"theirs {i}", $"set t{i}=1");
            await ours.AppendAsync($"ours {i}");
        }

        await UntilEqualAsync(ours, theirs);
        Assert.Equal(21, (int)ours.Handler.Log.Length);
        await SignAsync(ours, theirs, 21);
    }

    // Values in turn, each after the last was seen: indexers of the reference stop acknowledging too early when they all speak at once.
    private static async Task SignAsync(Peer ours, ReferencePeer theirs, ulong length)
    {
        for (var round = 0; round < 20 && !await IsSignedAsync(ours, theirs, length); round++)
        {
            await theirs.AppendAsync($"their end {round}");
            await UntilEqualAsync(ours, theirs);
            await ours.AppendAsync($"our end {round}");
            await UntilEqualAsync(ours, theirs);
        }

        Assert.True(await IsSignedAsync(ours, theirs, length), $"{ours}");
        Assert.Equal(2, ours.Base.System.Core.Manifest!.Signers.Length);
    }

    private static async Task<bool> IsSignedAsync(Peer ours, ReferencePeer theirs, ulong length) =>
        ours.Handler.Log.SignedLength >= length && (await theirs.StateAsync()).Json.GetProperty("log").GetProperty("signedLength").GetUInt64() >= length;

    private static AutobaseOptions Options(byte[]? encryptionKey)
    {
        var options = new AutobaseOptions { AckInterval = TimeSpan.Zero };
        return encryptionKey is null ? options : options with { EncryptionKey = encryptionKey };
    }

    private static Task UntilEqualAsync(Peer ours, ReferencePeer theirs) => UntilAsync(ours, theirs, async () =>
    {
        var (state, _, _) = await theirs.StateAsync();
        return state == ours.State();
    });

    private static Task UntilAsync(Peer ours, ReferencePeer theirs, Func<bool> isDone) => UntilAsync(ours, theirs, () => Task.FromResult(isDone()));

    // The reference tells nothing by itself: it is asked, as often as it takes.
    private static async Task UntilAsync(Peer ours, ReferencePeer theirs, Func<Task<bool>> isDone)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!patience.IsCancellationRequested)
        {
            if (await isDone()) return;
            await theirs.AckAsync();
            await ours.Base.UpdateAsync(patience.Token);
            await ours.Base.AckAsync(patience.Token);
        }

        var (state, isSigned, _) = await theirs.StateAsync();
        throw new TimeoutException($"It did not come about:\nours {ours}\ntheirs signed {isSigned}: {state}");
    }
}
