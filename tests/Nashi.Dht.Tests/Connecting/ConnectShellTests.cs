using Nashi.Cryptography;
using Nashi.Dht.Life;
using Nashi.Encoding;
using Nashi.Testing;

namespace Nashi.Dht.Tests.Connecting;

public sealed class ConnectShellTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly FakeNet _net = FakeNet.Start();
    private readonly KeyPair _client = KeyPair.Generate(SystemRandom.Instance);
    private readonly KeyPair _host = KeyPair.Generate(SystemRandom.Instance);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, true, false)]
    [InlineData(false, true, false)]
    [InlineData(true, false, false)]
    [InlineData(false, false, true)]
    public async Task Connect_EachPath_CarriesMessagesBothWays(bool serverFirewalled, bool clientFirewalled, bool lan)
    {
        var host = _net.AddNode(serverFirewalled);
        var guest = _net.AddNode(clientFirewalled);
        await using var server = await ListenAsync(host);
        await using var ours = await guest.ConnectAsync(_host.PublicKey, _client, new DhtConnectOptions { UsesLan = lan }).WaitAsync(Patience, Token);
        await using var theirs = await server.Connections.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);
        Assert.Equal(_client.PublicKey, theirs.RemotePublicKey);
        Assert.Equal(_host.PublicKey, ours.RemotePublicKey);
        Assert.True(ours.IsInitiator);
        Assert.False(theirs.IsInitiator);
        await EchoAsync(ours, theirs);
    }

    [Fact]
    public async Task Connect_Watched_TellsEachStep()
    {
        var steps = new List<ConnectStep>();
        await using var server = await ListenAsync(_net.AddNode());
        var options = new DhtConnectOptions { Progress = steps.Add };
        await using var ours = await _net.AddNode().ConnectAsync(_host.PublicKey, _client, options).WaitAsync(Patience, Token);
        var names = steps.ConvertAll(step => step.Name);
        Assert.Equal("search", names[0]);
        Assert.True(names.IndexOf("handshake") < names.IndexOf("answered"));
        Assert.Contains("connected", names);
        Assert.Equal(steps.OrderBy(step => step.Since), steps);
    }

    [Fact]
    public async Task Connect_NeighbourHidden_PunchesAllTheSame()
    {
        var host = _net.AddNode();
        host.HidesFromPings = true;
        await using var server = await ListenAsync(host);
        await using var ours = await _net.AddNode().ConnectAsync(_host.PublicKey, _client).WaitAsync(Patience, Token);
        await using var theirs = await server.Connections.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);
        await EchoAsync(ours, theirs);
    }

    [Fact]
    public async Task Connect_ServerGivesItsPunchUpBeforeTheNeighbourComes_ComesAboutAllTheSame()
    {
        var (host, guest) = (_net.AddNode(), _net.AddNode());
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.IsLonely = true;
        guest.NeighboursAfter = failed.Task;
        await using var server = await ListenAsync(host);
        var options = new DhtConnectOptions { Progress = step => _ = step.Name == "punch-failed" && failed.TrySetResult() };
        await using var ours = await guest.ConnectAsync(_host.PublicKey, _client, options).WaitAsync(Patience, Token);
        await using var theirs = await server.Connections.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);
        Assert.Equal(ConnectionKind.Lan, ours.Kind);
        await EchoAsync(ours, theirs);
    }

    [Fact]
    public async Task LookAfter_BothSidesEndedAndTheLastIsUnread_LeavesItToItsReader()
    {
        var clock = new VirtualClock();
        await using var server = await ListenAsync(_net.AddNode());
        await using var ours = await _net.AddNode().ConnectAsync(_host.PublicKey, _client).WaitAsync(Patience, Token);
        await using var theirs = await server.Connections.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);
        ours.ReviveBy((_, _) => throw new InvalidOperationException("It was called afresh."), clock);
        await theirs.Stream.WriteAsync(new byte[100_000], Token);
        await Task.WhenAll(ours.Stream.EndAsync(Token).AsTask(), theirs.Stream.EndAsync(Token).AsTask(), ours.Raw.Closed).WaitAsync(Patience, Token);

        for (var second = 0; second < 20; second++)
        {
            Assert.Equal(RevivalStep.None, ours.LookAfter(true, Token));
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(100_000, (await ours.Stream.ReadAsync(Token).AsTask().WaitAsync(Patience, Token)).Message.Length);
    }

    [Fact]
    public async Task Connect_FromTheSocketOfAConnection_TheServerAdmitsThePeerWhereThatIsSeen()
    {
        var (host, guest) = (_net.AddNode(), _net.AddNode());
        var options = new DhtConnectOptions { UsesLan = false };
        await using var server = await ListenAsync(host);
        await using var first = await guest.ConnectAsync(_host.PublicKey, _client, options).WaitAsync(Patience, Token);
        var socket = first.DirectSocket!;
        Assert.DoesNotContain((_client.PublicKey, socket.LocalAddress), host.Admitted);

        await using var second = await guest.ConnectAsync(_host.PublicKey, _client, options with { CallsFrom = () => first.DirectSocket }).WaitAsync(Patience, Token);
        Assert.Contains((_client.PublicKey, socket.LocalAddress), host.Admitted);
    }

    [Fact]
    public async Task Connect_OneRelayLies_ComesAboutThroughAnother()
    {
        _net.Relays[0].Lies = true;
        await using var server = await ListenAsync(_net.AddNode());
        await using var ours = await _net.AddNode().ConnectAsync(_host.PublicKey, _client).WaitAsync(Patience, Token);
        Assert.Equal(_host.PublicKey, ours.RemotePublicKey);
    }

    [Fact]
    public async Task Connect_NobodyThere_ThrowsPeerNotFound()
    {
        var error = await Assert.ThrowsAsync<PeerNotFoundException>(() => _net.AddNode().ConnectAsync(_host.PublicKey, _client));
        Assert.Equal("PEER_NOT_FOUND", error.Code);
        Assert.True(error.IsTransient);
    }

    [Fact]
    public async Task Connect_Again_GoesThroughTheRelaysOfTheFirstTime()
    {
        var guest = _net.AddNode();
        await using var server = await ListenAsync(_net.AddNode());
        await using var first = await guest.ConnectAsync(_host.PublicKey, _client).WaitAsync(Patience, Token);
        _net.Unannounce(Nashi.Dht.Connecting.ConnectCommands.TargetOf(_host.PublicKey));
        await using var second = await guest.ConnectAsync(_host.PublicKey, _client).WaitAsync(Patience, Token);
        Assert.Equal(_host.PublicKey, second.RemotePublicKey);
    }

    [Fact]
    public async Task Connect_TakesTooLong_ThrowsConnectTimeout()
    {
        await using var server = await ListenAsync(_net.AddNode(), new DhtServerOptions { Firewall = (_, _) => true });
        var error = await Assert.ThrowsAsync<PeerConnectFailedException>(
            () => _net.AddNode().ConnectAsync(_host.PublicKey, _client, new DhtConnectOptions { Timeout = TimeSpan.FromMilliseconds(50) }));
        Assert.Equal("CONNECT_TIMEOUT", error.Code);
    }

    [Fact]
    public async Task Connect_KeyIsNoPoint_ThrowsAndLeavesNoStream()
    {
        var guest = _net.AddNode();
        await Assert.ThrowsAsync<ArgumentException>(() => guest.ConnectAsync(default, _client));
        Assert.Equal(0, guest.Udx.StreamCount);
    }

    [Fact]
    public async Task Connect_ServerRefuses_ThrowsPeerConnectionFailed()
    {
        PublicKey? asked = null;
        await using var server = await ListenAsync(_net.AddNode(), new DhtServerOptions { Firewall = (key, _) => (asked = key) is not null });
        var error = await Assert.ThrowsAsync<PeerConnectFailedException>(() => _net.AddNode().ConnectAsync(_host.PublicKey, _client));
        Assert.Equal("PEER_CONNECTION_FAILED", error.Code);
        Assert.Equal(_client.PublicKey, asked);
        Assert.False(server.Connections.TryRead(out _));
    }

    [Fact]
    public async Task Connect_FirewallThrows_IsRefused()
    {
        await using var server = await ListenAsync(_net.AddNode(), new DhtServerOptions { Firewall = (_, _) => throw new InvalidOperationException() });
        await Assert.ThrowsAsync<PeerConnectFailedException>(() => _net.AddNode().ConnectAsync(_host.PublicKey, _client));
    }

    [Fact]
    public async Task Connect_RemoteCloses_OtherSideLearnsWithoutReading()
    {
        await using var server = await ListenAsync(_net.AddNode());
        await using var ours = await _net.AddNode().ConnectAsync(_host.PublicKey, _client).WaitAsync(Patience, Token);
        var theirs = await server.Connections.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);
        theirs.Raw.Abort();
        await ours.Stream.Closed.WaitAsync(Patience, Token);
    }

    [Fact]
    public async Task Listen_SameKeyTwice_Throws()
    {
        var node = _net.AddNode();
        await using var server = await ListenAsync(node);
        await using var other = node.CreateServer();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await other.ListenAsync(_host, Token));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await server.ListenAsync(_host, Token));
    }

    [Fact]
    public async Task Dispose_Server_CompletesItsConnectionsAndIsNoLongerFound()
    {
        var server = await ListenAsync(_net.AddNode());
        await server.DisposeAsync();
        await server.Connections.Completion.WaitAsync(Patience, Token);
        await Assert.ThrowsAsync<PeerNotFoundException>(() => _net.AddNode().ConnectAsync(_host.PublicKey, _client));
    }

    public async ValueTask DisposeAsync()
    {
        await _net.DisposeAsync();
        _client.Dispose();
        _host.Dispose();
    }

    private static async Task EchoAsync(DhtConnection ours, DhtConnection theirs)
    {
        for (var i = 0; i < 20; i++)
        {
            var message = new byte[100_000];
            message[i] = 1;
            var sending = ours.Stream.WriteAsync(message, Token).AsTask();
            var there = await theirs.Stream.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);
            await sending;
            sending = theirs.Stream.WriteAsync(there.Message.ToArray(), Token).AsTask();
            var back = await ours.Stream.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);
            await sending;
            Assert.Equal(message, back.Message.ToArray());
        }
    }

    private async Task<DhtServer> ListenAsync(FakeNode node, DhtServerOptions? options = null)
    {
        var server = node.CreateServer(options);
        await server.ListenAsync(_host, Token);
        return server;
    }
}
