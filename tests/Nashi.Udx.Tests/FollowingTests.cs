using Nashi.Datagrams;
using Nashi.Udx.Protocol;

namespace Nashi.Udx.Tests;

/// <summary>A remote whose address changes: followed when the layer above vouches for it, and only then.</summary>
public sealed class FollowingTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly UdpAddress Loopback = UdpAddress.FromIPv4(0x7f000001, 0);

    [Fact]
    public async Task Remote_AuthenticDataFromAnotherAddress_IsFollowed()
    {
        await using var host = new UdxHost();
        var (one, two, other) = (host.Bind(Loopback), host.Bind(Loopback), host.Bind(Loopback));
        var (client, server) = (host.CreateStream(1), host.CreateStream(2));
        client.Connect(one, 2, two.LocalAddress);
        server.Connect(two, 1, one.LocalAddress);
        await client.WriteAsync("a"u8.ToArray());
        Assert.Equal("a", await ReadAsync(server));

        client.ChangeRemote(other, 2, two.LocalAddress);
        await one.DisposeAsync();
        await client.WriteAsync("b"u8.ToArray());
        Assert.Equal("b", await ReadAsync(server));
        server.HandleAuthenticated(1);
        Assert.Equal(one.LocalAddress, server.Remote);
        server.HandleAuthenticated(2);
        await server.WriteAsync("c"u8.ToArray());
        Assert.Equal("c", await ReadAsync(client));
        Assert.Equal(other.LocalAddress, server.Remote);
        Assert.Equal(1, server.Moves);
    }

    [Fact]
    public async Task Remote_HeadersOrUnprovenDataFromAnotherAddress_AreNotFollowed()
    {
        await using var host = new UdxHost();
        var (one, two, stranger) = (host.Bind(Loopback), host.Bind(Loopback), host.Bind(Loopback));
        var (client, server) = (host.CreateStream(1), host.CreateStream(2));
        client.Connect(one, 2, two.LocalAddress);
        server.Connect(two, 1, one.LocalAddress);
        var answers = 0;
        stranger.SetDatagramHandler((_, _, _) => answers++);
        var packet = new byte[PacketHeader.Size + 1];
        for (var i = 0; i < 20; i++)
        {
            new PacketHeader(PacketTypes.None, 0, 2, 1 << 20, 0, 0).Write(packet);
            stranger.TrySend(packet.AsSpan(0, PacketHeader.Size), two.LocalAddress);
        }

        new PacketHeader(PacketTypes.Data, 0, 2, 1 << 20, 0, 0).Write(packet);
        stranger.TrySend(packet, two.LocalAddress);
        Assert.Equal(1, (await ReadAsync(server)).Length);
        await server.WriteAsync("c"u8.ToArray());
        Assert.Equal("c", await ReadAsync(client));
        Assert.Equal(one.LocalAddress, server.Remote);
        Assert.Equal((0, 0), (server.Moves, answers));
    }

    [Fact]
    public async Task Move_LateDataByTheRelay_IsTakenAndNotFollowed()
    {
        await using var host = new UdxHost();
        var (one, two, relay) = (host.Bind(Loopback), host.Bind(Loopback), host.Bind(Loopback));
        var (client, server) = (host.CreateStream(1), host.CreateStream(2));
        client.Connect(one, 2, two.LocalAddress);
        server.Connect(two, 77, relay.LocalAddress);
        server.FollowsRemote = false;
        var move = server.TryMoveAsync(two, 1, one.LocalAddress);
        server.LoseOldPath();
        Assert.True(await move.WaitAsync(Patience));
        server.FollowsRemote = true;
        for (uint i = 0; i < 5; i++)
        {
            var late = new byte[PacketHeader.Size + 1];
            new PacketHeader(PacketTypes.Data, 0, 2, 1 << 20, i, 0).Write(late);
            relay.TrySend(late, two.LocalAddress);
            Assert.Equal(1, (await ReadAsync(server)).Length);
            server.HandleAuthenticated(i + 1);
        }

        await server.WriteAsync("c"u8.ToArray());
        Assert.Equal("c", await ReadAsync(client));
        Assert.Equal((one.LocalAddress, 0), (server.Remote, server.Moves));
    }

    [Fact]
    public async Task Remote_AddressChangesDuringAMove_IsFollowedAfterIt()
    {
        await using var host = new UdxHost();
        var (one, two, relay, other) = (host.Bind(Loopback), host.Bind(Loopback), host.Bind(Loopback), host.Bind(Loopback));
        var (client, server) = (host.CreateStream(1), host.CreateStream(2));
        client.Connect(one, 2, two.LocalAddress);
        server.Connect(two, 77, relay.LocalAddress);
        server.FollowsRemote = false;
        var move = server.TryMoveAsync(two, 1, one.LocalAddress);
        client.ChangeRemote(other, 2, two.LocalAddress);
        await one.DisposeAsync();
        await client.WriteAsync("a"u8.ToArray());
        Assert.Equal("a", await ReadAsync(server));
        server.HandleAuthenticated(1);
        server.LoseOldPath();
        Assert.True(await move.WaitAsync(Patience));
        Assert.Equal((one.LocalAddress, 0), (server.Remote, server.Moves));

        server.FollowsRemote = true;
        await client.WriteAsync("b"u8.ToArray());
        Assert.Equal("b", await ReadAsync(server));
        server.HandleAuthenticated(2);
        await server.WriteAsync("c"u8.ToArray());
        Assert.Equal("c", await ReadAsync(client));
        Assert.Equal((other.LocalAddress, 1), (server.Remote, server.Moves));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Move_RemoteChangesOnceTheNewPathIsProved_IsFollowedBeforeTheOldOneIsLetGo(bool hasSteppedBack)
    {
        await using var host = new UdxHost();
        var (one, two, relay, other) = (host.Bind(Loopback), host.Bind(Loopback), host.Bind(Loopback), host.Bind(Loopback));
        var (client, server) = (host.CreateStream(1), host.CreateStream(2));
        client.Connect(one, 2, two.LocalAddress);
        server.Connect(two, 77, relay.LocalAddress);
        server.FollowsRemote = false;
        using var changes = new SemaphoreSlim(0);
        server.PathChanged += () => changes.Release();
        var move = server.TryMoveAsync(two, 1, one.LocalAddress);
        while (!await changes.WaitAsync(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken)) client.TrySendMessage(default);
        Assert.Equal(one.LocalAddress, server.Remote);

        // The new path falls silent for two seconds, or not yet, and the relay carries nothing any more.
        client.ChangeRemote(other, 2, two.LocalAddress);
        await one.DisposeAsync();
        if (hasSteppedBack) Assert.True(await changes.WaitAsync(Patience, TestContext.Current.CancellationToken));
        await client.WriteAsync("a"u8.ToArray());
        Assert.Equal("a", await ReadAsync(server));
        server.HandleAuthenticated(1);
        await server.WriteAsync("b"u8.ToArray());
        Assert.Equal("b", await ReadAsync(client));
        Assert.True(await move.WaitAsync(Patience));
        Assert.Equal((other.LocalAddress, 1u, 1), (server.Remote, server.RemoteId, server.Moves));
    }

    private static async Task<string> ReadAsync(UdxStream stream)
    {
        var buffer = new byte[16];
        var count = await stream.ReadAsync(buffer).AsTask().WaitAsync(Patience);
        return System.Text.Encoding.ASCII.GetString(buffer, 0, count);
    }
}
