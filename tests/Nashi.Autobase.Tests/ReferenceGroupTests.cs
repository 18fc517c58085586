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

    [Fact]
    public async Task Autobase_OfFiveMixedPeers_ConvergesAndSigns()
    {
        await using var first = await ReferencePeer.StartAsync();
        await using var second = await Peer.OpenAsync(2, first.Key);
        await using var third = await ReferencePeer.JoinAsync(first.Key);
        await using var fourth = await Peer.OpenAsync(4, first.Key);
        await using var fifth = await ReferencePeer.JoinAsync(first.Key);
        ReferencePeer[] theirs = [first, third, fifth];
        Peer[] ours = [second, fourth];
        await ConnectAllAsync(ours, theirs);
        await first.AppendAsync("index " + second.LocalKey, "index " + third.LocalKey, "add " + fourth.LocalKey, "add " + fifth.LocalKey);
        await UntilAsync(ours, theirs, async () => ours.All(peer => peer.Base.IsWritable) && second.Base.IsIndexer && await AreEqualAsync(ours, theirs));
        for (var i = 0; i < 5; i++)
        {
            foreach (var peer in theirs) await peer.AppendAsync($"{peer.LocalKey} {i}");
            foreach (var peer in ours) await peer.AppendAsync($"{peer.LocalKey} {i}");
        }

        // One of each goes away and writes on, and comes back.
        await third.DisconnectAsync();
        await fourth.DisconnectAsync();
        for (var i = 5; i < 8; i++)
        {
            await third.AppendAsync($"{third.LocalKey} {i}");
            await fourth.AppendAsync($"{fourth.LocalKey} {i}");
            await second.AppendAsync($"{second.LocalKey} {i}");
        }

        await ConnectAllAsync(ours, theirs);
        await UntilAsync(ours, theirs, () => AreEqualAsync(ours, theirs));
        Assert.Equal(34, (int)second.Handler.Log.Length);
        for (var round = 0; round < 20 && second.Handler.Log.SignedLength < 34; round++)
        {
            await first.AppendAsync($"set end={round}");
            await UntilAsync(ours, theirs, () => AreEqualAsync(ours, theirs));
            await second.AppendAsync($"set end={round}");
            await UntilAsync(ours, theirs, () => AreEqualAsync(ours, theirs));
            await third.AppendAsync($"set end={round}");
            await UntilAsync(ours, theirs, () => AreEqualAsync(ours, theirs));
        }

        Assert.True(second.Handler.Log.SignedLength >= 34, $"{second}");
        Assert.Equal(3, second.Base.System.Core.Manifest!.Signers.Length);
    }

    [Fact]
    public async Task Autobase_OfNineMixedPeers_Converges()
    {
        await using var first = await Peer.OpenAsync(1);
        var ours = new List<Peer> { first };
        var theirs = new List<ReferencePeer>();
        try
        {
            for (var i = 2; i <= 5; i++) ours.Add(await Peer.OpenAsync(i, first.Base.Key));
            for (var i = 0; i < 4; i++) theirs.Add(await ReferencePeer.JoinAsync(first.Base.Key));
            await ConnectAllAsync([.. ours], [.. theirs]);
            string[] indexers = [ours[1].LocalKey, theirs[0].LocalKey, theirs[1].LocalKey, ours[2].LocalKey];
            await first.AppendAsync([.. indexers.Select(key => "index " + key)]);
            await first.AppendAsync([.. ours.Skip(3).Select(peer => peer.LocalKey).Concat(theirs.Skip(2).Select(peer => peer.LocalKey)).Select(key => "add " + key)]);
            await UntilAsync([.. ours], [.. theirs], async () => ours.All(peer => peer.Base.IsWritable) && await AreEqualAsync([.. ours], [.. theirs]));
            for (var i = 0; i < 3; i++)
            {
                foreach (var peer in theirs) await peer.AppendAsync($"{peer.LocalKey} {i}");
                foreach (var peer in ours) await peer.AppendAsync($"{peer.LocalKey} {i}");
            }

            await UntilAsync([.. ours], [.. theirs], async () => first.Handler.Log.Length == 27 && await AreEqualAsync([.. ours], [.. theirs]));
        }
        finally
        {
            foreach (var peer in theirs) await peer.DisposeAsync();
            foreach (var peer in ours.Skip(1)) await peer.DisposeAsync();
        }
    }

    private static async Task ConnectAllAsync(Peer[] ours, ReferencePeer[] theirs)
    {
        foreach (var peer in theirs) await peer.DisconnectAsync();
        foreach (var peer in ours) await peer.DisconnectAsync();
        for (var i = 0; i < theirs.Length; i++)
        {
            foreach (var peer in ours) await theirs[i].ConnectAsync(peer);
            for (var j = 0; j < i; j++) await theirs[i].ConnectAsync(theirs[j]);
        }

        for (var i = 1; i < ours.Length; i++) ours[i].Connect(ours[0]);
    }

    private static async Task<bool> AreEqualAsync(Peer[] ours, ReferencePeer[] theirs)
    {
        var state = ours[0].State();
        if (ours.Any(peer => peer.State() != state)) return false;
        foreach (var peer in theirs)
        {
            if ((await peer.StateAsync()).State != state) return false;
        }

        return true;
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

    private static Task UntilAsync(Peer ours, ReferencePeer theirs, Func<Task<bool>> isDone) => UntilAsync([ours], [theirs], isDone);

    // The reference tells nothing by itself: it is asked, as often as it takes.
    private static async Task UntilAsync(Peer[] ours, ReferencePeer[] theirs, Func<Task<bool>> isDone)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        while (!patience.IsCancellationRequested)
        {
            if (await isDone()) return;
            foreach (var peer in theirs) await peer.AckAsync();
            foreach (var peer in ours)
            {
                await peer.Base.UpdateAsync();
                await peer.Base.AckAsync();
            }
        }

        var states = new List<string>();
        foreach (var peer in theirs) states.Add((await peer.StateAsync()).State);
        throw new TimeoutException($"It did not come about:\nours\n{string.Join('\n', ours.Select(peer => peer.ToString()))}\ntheirs\n{string.Join('\n', states)}");
    }
}
