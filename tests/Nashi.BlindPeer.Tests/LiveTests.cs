using Microsoft.Extensions.Logging;
using Nashi.BlindPeer.Server;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Hypercore;
using Nashi.Protomux.Rpc;
using Nashi.Storage;

namespace Nashi.BlindPeer.Tests;

/// <summary>Our client and our blind peer.</summary>
public sealed class LiveTests
{
    private const string Marker = "the secret that must not be found";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Row41_TwoPeersNeverOnlineTogether_ExchangeWhatTheBlindPeerCanNotRead()
    {
        await using var world = await World.CreateAsync();
        using var log = new KeptLog();
        var options = new BlindPeerServerOptions { Folder = world.Folder(), Logger = log.Factory.CreateLogger("blind peer") };
        var server = await world.ServerAsync(options);
        var secret = World.Fill(7);
        var (peering, store) = await world.ClientAsync(new BlindPeeringOptions { Peers = [server.PublicKey] });
        var core = await store.GetAsync("words", new CoreOptions { EncryptionKey = secret }, Token);
        var key = core.Key;
        for (var i = 0; i < 10; i++) await core.AppendAsync(System.Text.Encoding.UTF8.GetBytes($"{Marker} {i}"), Token);
        peering.Add(core);
        await World.HeldAsync(peering, key, 9);
        Assert.Equal(1, peering.CountHolders(key, 0));
        var copy = Assert.Single(peering.GetCopies(key));
        Assert.Equal((10UL, 10UL, true, true), (copy.Length, copy.ContiguousLength, copy.HasLast, copy.IsConnected));
        await peering.DisposeAsync();
        await store.DisposeAsync();

        var reader = await world.ReaderAsync(server.PublicKey);
        var read = await reader.GetAsync(key, new CoreOptions { EncryptionKey = secret }, Token);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{Marker} {i}"), await World.ReadAsync(read, 10));

        await server.DisposeAsync();
        AssertNowhere(options.Folder, System.Text.Encoding.UTF8.GetBytes(Marker), secret);
        Assert.DoesNotContain(Marker, log.Text, StringComparison.Ordinal);
        Assert.NotEmpty(log.Text);
    }

    [Fact]
    public async Task Group_OfCores_ComesBackAfterALongAbsence()
    {
        await using var world = await World.CreateAsync();
        var server = await world.ServerAsync();
        var (first, one) = await world.ClientAsync(new BlindPeeringOptions { Peers = [server.PublicKey] });
        var cores = new List<Core>();
        for (var i = 0; i < 5; i++) cores.Add(await one.GetAsync($"writer {i}", null, Token));
        foreach (var core in cores) await core.AppendAsync("hello"u8.ToArray(), Token);
        var shown = 3;
        var request = first.Add(new BlindGroup { Target = cores[0].Key, Cores = () => [.. cores.Take(shown).Select(BlindCore.Of)] });
        await World.HeldAsync(first, cores[2].Key, 0);
        Assert.Equal([server.PublicKey], request.Peers);
        Assert.Null(server.Record(cores[4].Key));
        shown = 5;
        request.Update();
        await World.HeldAsync(first, cores[4].Key, 0);
        Assert.Equal((cores[0].Key, 1), (server.Record(cores[4].Key)!.Referrer, server.Record(cores[4].Key)!.Priority));
        await first.DisposeAsync();
        await one.DisposeAsync();

        // Another of the group adds what it knows, and gets what it does not.
        var (second, two) = await world.ClientAsync(new BlindPeeringOptions { Peers = [server.PublicKey] });
        second.Add(new BlindGroup { Target = cores[0].Key, Cores = () => [] });
        var own = await two.GetAsync("own", null, Token);
        second.Add(own);
        var there = await two.GetAsync(cores[3].Key, null, Token);
        Assert.Equal(["hello"], await World.ReadAsync(there, 1));
    }

    [Fact]
    public async Task Server_Restarted_GoesOnUnderTheSameKeyWithWhatItHad()
    {
        await using var world = await World.CreateAsync();
        var options = new BlindPeerServerOptions { Folder = world.Folder() };
        var server = await world.ServerAsync(options);
        var publicKey = server.PublicKey;
        var (peering, store) = await world.ClientAsync(new BlindPeeringOptions { Peers = [publicKey] });
        var core = await store.GetAsync("a", null, Token);
        await core.AppendAsync("before"u8.ToArray(), Token);
        peering.Add(core, new BlindCoreOptions { Priority = 1 });
        await World.HeldAsync(peering, core.Key, 0);
        await server.DisposeAsync();
        await core.AppendAsync("meanwhile"u8.ToArray(), Token);

        server = await world.ServerAsync(options);
        Assert.Equal(publicKey, server.PublicKey);
        Assert.Equal((1, 1UL), (server.Record(core.Key)!.Priority, server.Record(core.Key)!.Length));
        // The client comes back by itself.
        await World.HeldAsync(peering, core.Key, 1);
        Assert.Equal(2UL, server.Record(core.Key)!.Length);
    }

    [Fact]
    public async Task Server_BeyondItsQuota_GivesUpWhatMattersLeastAndItsSpace()
    {
        await using var world = await World.CreateAsync();
        var server = await world.ServerAsync(new BlindPeerServerOptions { Folder = world.Folder(), Limits = new BlindPeerLimits { Quota = 500_000, StrangerPercent = 100 } });
        var (peering, store) = await world.ClientAsync(new BlindPeeringOptions { Peers = [server.PublicKey] });
        var cores = new List<Core>();
        for (var i = 0; i < 3; i++)
        {
            var core = await store.GetAsync($"core {i}", null, Token);
            var block = new byte[10_000];
            for (var n = 0; n < 20; n++)
            {
                SystemRandom.Instance.Fill(block);
                await core.AppendAsync((byte[])block.Clone(), Token);
            }

            cores.Add(core);
            peering.Add(core, new BlindCoreOptions { Priority = i == 0 ? 1 : 0 });
            await World.HeldAsync(peering, core.Key, 19);
            Assert.InRange(server.GetStats().BytesUsed, 0, 500_000);
        }

        await server.UntilAsync(stats => stats.CoresCollected == 1);
        Assert.Equal(20UL, server.Record(cores[1].Key)!.BlocksCleared);
        Assert.Equal((0UL, 0UL), (server.Record(cores[0].Key)!.BlocksCleared, server.Record(cores[2].Key)!.BlocksCleared));
        Assert.Equal(200_000UL, server.GetStats().BytesCollected);
        Assert.InRange(server.Keeper.Measure(cores[1].Key), 0, 10_000);
        Assert.InRange(server.Keeper.Measure(cores[0].Key), 200_000, 220_000);

        // It follows what comes from then on, and does not fetch the rest again.
        await cores[1].AppendAsync("new"u8.ToArray(), Token);
        await server.UntilHeldAsync(cores[1].Key, 20);
        Assert.Equal(1UL, await server.CountAsync(cores[1].Key));
    }

    [Fact]
    public async Task Client_ThatIsNotOnTheList_GetsNothingKept()
    {
        await using var world = await World.CreateAsync();
        using var friend = KeyPair.FromSeed(World.Fill(1));
        var server = await world.ServerAsync(new BlindPeerServerOptions { Folder = world.Folder(), Allowed = new HashSet<PublicKey> { friend.PublicKey } });
        var (stranger, store) = await world.ClientAsync(new BlindPeeringOptions { Peers = [server.PublicKey] });
        var core = await store.GetAsync("a", null, Token);
        await core.AppendAsync("x"u8.ToArray(), Token);
        stranger.Add(core);
        await server.UntilAsync(stats => stats.Refused == 1);
        Assert.Equal(0, server.GetStats().Cores);
        Assert.Empty(server.Keeper.Stored());

        var (allowed, other) = await world.ClientAsync(new BlindPeeringOptions { Peers = [server.PublicKey], KeyPair = friend });
        var mine = await other.GetAsync("a", null, Token);
        await mine.AppendAsync("x"u8.ToArray(), Token);
        allowed.Add(mine);
        await World.HeldAsync(allowed, mine.Key, 0);
    }

    [Fact]
    public async Task Client_ThatIsBanned_IsNotAnswered()
    {
        await using var world = await World.CreateAsync();
        using var bad = KeyPair.FromSeed(World.Fill(2));
        var server = await world.ServerAsync(new BlindPeerServerOptions { Folder = world.Folder(), Banned = new HashSet<PublicKey> { bad.PublicKey } });
        var (peering, store) = await world.ClientAsync(new BlindPeeringOptions { Peers = [server.PublicKey], KeyPair = bad });
        var failed = new TaskCompletionSource();
        peering.Changed += at =>
        {
            if (at.Peers.Any(peer => peer.Failures > 0)) failed.TrySetResult();
        };
        peering.Add(await store.GetAsync("a", null, Token));
        await failed.Task.WaitAsync(World.Patience, Token);
        Assert.Equal(0, server.GetStats().Connections);
    }

    [Fact]
    public async Task Delete_ByWhoAskedForIt_RemovesTheCoreAndByOthersNothing()
    {
        await using var world = await World.CreateAsync();
        var options = new BlindPeerServerOptions { Folder = world.Folder() };
        var server = await world.ServerAsync(options);
        var (owner, store) = await world.ClientAsync(new BlindPeeringOptions { Peers = [server.PublicKey] });
        var core = await store.GetAsync("a", null, Token);
        await core.AppendAsync(System.Text.Encoding.UTF8.GetBytes(Marker), Token);
        var request = owner.Add(core);
        await World.HeldAsync(owner, core.Key, 0);

        var (other, _) = await world.ClientAsync(new BlindPeeringOptions { Peers = [server.PublicKey] });
        var refused = await Assert.ThrowsAsync<BlindPeerException>(async () => await other.DeleteAsync(core.Key, cancellationToken: Token).AsTask().WaitAsync(World.Patience, Token));
        Assert.Equal("BLIND_PEER_REFUSED", refused.Code);
        Assert.NotNull(server.Record(core.Key));

        request.Dispose();
        Assert.Equal(1, await owner.DeleteAsync(core.Key, cancellationToken: Token).AsTask().WaitAsync(World.Patience, Token));
        Assert.Null(server.Record(core.Key));
        Assert.Equal(0, await owner.DeleteAsync(core.Key, cancellationToken: Token).AsTask().WaitAsync(World.Patience, Token));
        await server.UntilAsync(stats => stats.OpenCores == 0);
        await server.DisposeAsync();
        AssertNowhere(options.Folder, System.Text.Encoding.UTF8.GetBytes(Marker));
    }

    [Fact]
    public async Task Announced_CoreOfATrustedClient_IsFoundByItsDiscoveryKey()
    {
        await using var world = await World.CreateAsync();
        using var trusted = KeyPair.FromSeed(World.Fill(3));
        var server = await world.ServerAsync(new BlindPeerServerOptions { Folder = world.Folder(), Trusted = new HashSet<PublicKey> { trusted.PublicKey } });
        var (peering, store) = await world.ClientAsync(new BlindPeeringOptions { Peers = [server.PublicKey], KeyPair = trusted });
        var core = await store.GetAsync("a", null, Token);
        await core.AppendAsync("found"u8.ToArray(), Token);
        peering.Add(core, new BlindCoreOptions { Announce = true });
        await World.HeldAsync(peering, core.Key, 0);
        await server.UntilAsync(stats => stats.AnnouncedCores == 1);
        var key = core.Key;
        await peering.DisposeAsync();
        await store.DisposeAsync();

        var reader = await world.FinderAsync(key.ToDiscoveryKey());
        Assert.Equal(["found"], await World.ReadAsync(await reader.GetAsync(key, null, Token), 1));
    }

    [Fact]
    public async Task Requests_ForTheSameTarget_GoToTheSameFewAndAroundOneThatIsDown()
    {
        await using var world = await World.CreateAsync();
        var one = await world.ServerAsync();
        var two = await world.ServerAsync();
        using var nobody = KeyPair.FromSeed(World.Fill(9));
        var (peering, store) = await world.ClientAsync(new BlindPeeringOptions { Peers = [nobody.PublicKey, one.PublicKey, two.PublicKey], Pick = 2, FailuresBeforeStandIn = 1 });
        var core = await store.GetAsync("a", null, Token);
        await core.AppendAsync("x"u8.ToArray(), Token);
        // A target next to the dead one, so that it is chosen.
        var request = peering.Add(core, new BlindCoreOptions { Target = new CoreKey(nobody.PublicKey.Value) });
        await World.HeldAsync(peering, core.Key, 0, holders: 2);
        Assert.Equal(3, request.Peers.Count);
        Assert.Contains(peering.Peers, peer => peer.Peer == nobody.PublicKey && peer is { IsConnected: false, Problem: not null });
        // As a user counts.
        Assert.Equal(2, peering.CountHolders(core.Key, 0));
        await one.DisposeAsync();
        Assert.Equal(2, peering.CountHolders(core.Key, 0));
    }

    [Fact]
    public async Task Row42_FolderThatIsInUse_IsRefusedAndIsNobodyElsesToRead()
    {
        await using var world = await World.CreateAsync();
        var options = new BlindPeerServerOptions { Folder = Path.Combine(world.Folder(), "new") };
        await world.ServerAsync(options);
        var node = await world.NodeAsync();
        await Assert.ThrowsAsync<StorageException>(async () => await BlindPeerServer.StartAsync(node, options, Token));
        // Others on this machine can not even look into it.
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(options.Folder));
    }

    [Fact]
    public async Task Audit_OfAnHonestBlindPeer_GivesASignedReceipt()
    {
        await using var world = await World.CreateAsync();
        var server = await world.ServerAsync();
        using var me = KeyPair.FromSeed(World.Fill(6));
        var (peering, store) = await world.ClientAsync(new BlindPeeringOptions { Peers = [server.PublicKey], KeyPair = me });
        var core = await store.GetAsync("a", new CoreOptions { EncryptionKey = World.Fill(1) }, Token);
        for (var i = 0; i < 5; i++) await core.AppendAsync(new byte[] { (byte)i }, Token);
        var unknown = await Assert.ThrowsAsync<RpcRemoteException>(async () => await peering.AuditAsync(server.PublicKey, core, cancellationToken: Token).AsTask().WaitAsync(World.Patience, Token));
        Assert.Contains("does not keep", unknown.Message, StringComparison.Ordinal);

        peering.Add(core);
        await World.HeldAsync(peering, core.Key, 4);
        var receipt = await peering.AuditAsync(server.PublicKey, core, 5, Token).AsTask().WaitAsync(World.Patience, Token);
        Assert.True(receipt.IsSigned);
        Assert.Equal((server.PublicKey, me.PublicKey, core.Key, 0UL, 5UL), (receipt.Peer, receipt.Client, receipt.Core, receipt.From, receipt.Length));
        Assert.True(receipt.Covers(4));
        Assert.False(receipt.Covers(5));
        // It is no receipt for anything else.
        Assert.False((receipt with { Length = 6 }).IsSigned);
        Assert.False((receipt with { Client = server.PublicKey }).IsSigned);

        // What was lost is found out: blocks vanish behind the back of the blind peer, which still claims them.
        var hosted = await server.Keeper.AcquireAsync(core.Key);
        var request = new BlindAudit(core, new BlindPeeringOptions()).Ask(5);
        var honest = await server.SignAsync(me.PublicKey, hosted!.Core, request, Token);
        var lying = honest with { Proofs = [.. honest.Proofs.Skip(1), default] };
        var failed = await Assert.ThrowsAsync<BlindPeerException>(async () => await new BlindAudit(core, new BlindPeeringOptions()).CheckAsync(server.PublicKey, me.PublicKey, request, lying, Token));
        Assert.Equal("BLIND_PEER_AUDIT_FAILED", failed.Code);
        await Assert.ThrowsAsync<BlindPeerException>(async () => await new BlindAudit(core, new BlindPeeringOptions()).CheckAsync(server.PublicKey, me.PublicKey, request, honest with { Length = 9 }, Token));
        await server.Keeper.ReleaseAsync(hosted);
    }

    private static void AssertNowhere(string folder, params byte[][] secrets)
    {
        var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        foreach (var secret in secrets) Assert.All(files, file => Assert.Equal(-1, File.ReadAllBytes(file).AsSpan().IndexOf(secret)));
    }
}
