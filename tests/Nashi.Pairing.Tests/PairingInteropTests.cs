using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht;
using Nashi.Encoding;
using Nashi.Protomux;
using Nashi.TestKit;

namespace Nashi.Pairing.Tests;

/// <summary>We admit the reference and are admitted by it, connected and through the DHT alone.</summary>
public sealed class PairingInteropTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly CoreKey Key = new(InviteTests.Fill(1));
    private static readonly Bytes32 EncryptionKey = new(InviteTests.Fill(9));
    private readonly List<IAsyncDisposable> _all = [];
    private UdpAddress _bootstrap;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Member_OfTheReference_AdmitsUs()
    {
        var js = await StartAsync();
        await js.SendAsync(MemberCommand());
        var invite = ReadInvite(await js.NextAsync("member"));
        var (pairing, _) = await PairingAsync(TimeSpan.FromSeconds(2));

        var outcome = await pairing.AddCandidate(new CandidateRequest(invite, "ours"u8.ToArray())).Outcome.WaitAsync(Patience, Token);
        Assert.Equal("ours"u8.ToArray(), (await js.NextAsync("request")).Bytes("userData"));
        Assert.Equal(PairingStatus.Accepted, outcome.Status);
        Assert.Equal((Key, EncryptionKey), (outcome.Keys!.Key, outcome.Keys.EncryptionKey!.Value));
        Assert.Equal("more"u8.ToArray(), outcome.Keys.Additional!.Data.ToArray());
    }

    [Fact]
    public async Task Member_OfTheReference_RefusesUs()
    {
        var js = await StartAsync();
        var command = MemberCommand();
        command["status"] = 2;
        await js.SendAsync(command);
        var invite = ReadInvite(await js.NextAsync("member"));
        var (pairing, _) = await PairingAsync(TimeSpan.FromSeconds(2));
        Assert.Equal(PairingStatus.Used, (await pairing.AddCandidate(new CandidateRequest(invite, "ours"u8.ToArray())).Outcome.WaitAsync(Patience, Token)).Status);
    }

    [Fact]
    public async Task Candidate_OfTheReference_IsAdmittedByUs()
    {
        var js = await StartAsync();
        var (pairing, _) = await PairingAsync(TimeSpan.FromSeconds(2));
        var invite = Invite.Create(Key.ToDiscoveryKey(), SystemRandom.Instance);
        pairing.AddMember(Key.ToDiscoveryKey(), Admit(invite));
        await js.SendAsync(CandidateCommand(invite));
        Check(await js.NextAsync("paired"));
    }

    [Fact]
    public async Task Candidate_OfTheReferenceGone_IsAdmittedThroughTheDht()
    {
        var js = await StartAsync();
        var invite = Invite.Create(Key.ToDiscoveryKey(), SystemRandom.Instance);
        await js.SendAsync(CandidateCommand(invite));
        await js.NextAsync("announced");
        await js.DisposeAsync();

        var answered = new TaskCompletionSource();
        var (pairing, swarm) = await PairingAsync(TimeSpan.FromSeconds(1));
        var request = new CandidateRequest(invite, "theirs"u8.ToArray());
        pairing.AddMember(Key.ToDiscoveryKey(), Admit(invite, answered));
        await answered.Task.WaitAsync(Patience, Token);
        await UntilStoredAsync(request);
        await pairing.DisposeAsync();
        await swarm.DisposeAsync();

        var again = await ReferenceAsync();
        await again.SendAsync(CandidateCommand(invite));
        Check(await again.NextAsync("paired"));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in Enumerable.Reverse(_all)) await one.DisposeAsync();
    }

    private static void Check(JsonElement paired)
    {
        Assert.Equal(Key.Value.ToArray(), paired.Bytes("key"));
        Assert.Equal(EncryptionKey.ToArray(), paired.Bytes("encryptionKey"));
        Assert.Equal("more"u8.ToArray(), paired.Bytes("data"));
    }

    private static Invite ReadInvite(JsonElement said)
    {
        Assert.True(Invite.TryDecode(said.Bytes("invite"), out var invite));
        return invite;
    }

    private static JsonObject MemberCommand() => new()
    {
        ["do"] = "member",
        ["key"] = Hex(Key.Value.AsSpan()),
        ["seed"] = Hex(InviteTests.Fill(2)),
        ["encryptionKey"] = Hex(EncryptionKey.AsSpan()),
        ["data"] = Hex("more"u8),
    };

    private static JsonObject CandidateCommand(Invite invite) => new() { ["do"] = "candidate", ["invite"] = Hex(invite.Encode()), ["userData"] = Hex("theirs"u8) };

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    private static Func<MemberRequest, CancellationToken, ValueTask> Admit(Invite invite, TaskCompletionSource? answered = null) => (request, _) =>
    {
        Assert.True(request.TryOpen(invite.PublicKey));
        Assert.Equal("theirs"u8.ToArray(), request.UserData.ToArray());
        request.Confirm(new PairedKeys(Key, EncryptionKey, SignedData.Sign(invite, "more"u8.ToArray())));
        answered?.TrySetResult();
        return default;
    };

    private async Task UntilStoredAsync(CandidateRequest request)
    {
        using var owner = PairingHashes.ReplyKeyPair(request.Token);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(Patience);
        var node = await NodeAsync(isOpen: false);
        while (await node.MutableGetAsync(owner.PublicKey, latest: false, cancellationToken: patience.Token) is null)
        {
        }
    }

    private async Task<JsPeer> StartAsync()
    {
        _bootstrap = (await NodeAsync(isOpen: true)).LocalAddress;
        for (var i = 0; i < 4; i++) await NodeAsync(isOpen: true);
        return await ReferenceAsync();
    }

    private async Task<JsPeer> ReferenceAsync()
    {
        var js = JsPeer.Start("pairing-peer.cjs", _bootstrap.ToString(), "1000");
        _all.Add(js);
        await js.NextAsync("ready");
        return js;
    }

    private async Task<(BlindPairing Pairing, Swarm.Swarm Swarm)> PairingAsync(TimeSpan poll)
    {
        var node = await NodeAsync(isOpen: false);
        var swarm = new Swarm.Swarm(node);
        _all.Add(swarm);
        var pairing = new BlindPairing(swarm, node, new BlindPairingOptions { PollInterval = poll });
        _all.Add(pairing);
        _ = AcceptAsync(swarm, pairing);
        return (pairing, swarm);
    }

    private static async Task AcceptAsync(Swarm.Swarm swarm, BlindPairing pairing)
    {
        await foreach (var connection in swarm.Connections.ReadAllAsync(Token))
        {
            var mux = new Mux(connection.Stream);
            pairing.AddStream(mux);
            mux.Start();
        }
    }

    private async Task<DhtNode> NodeAsync(bool isOpen)
    {
        var node = await DhtNode.StartAsync(
            new DhtOptions
            {
                Host = IPAddress.Loopback,
                Port = 0,
                Bootstrap = _bootstrap == default ? [] : [_bootstrap],
                Ephemeral = !isOpen,
                IsFirewalled = !isOpen,
            },
            Token);
        _all.Add(node);
        await node.BootstrappedAsync(Token).AsTask().WaitAsync(Patience, Token);
        return node;
    }
}
