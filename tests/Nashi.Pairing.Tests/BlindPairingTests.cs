using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Protomux;
using Nashi.SecretStream;
using Nashi.Testing;

namespace Nashi.Pairing.Tests;

/// <summary>Members and candidates, connected or through the DHT alone, on a clock of the test's.</summary>
public sealed class BlindPairingTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly CoreKey Key = new(InviteTests.Fill(1));
    private static readonly PairedKeys Keys = new(Key, new Bytes32(InviteTests.Fill(9)));
    private readonly VirtualClock _clock = new();
    private readonly FakeWorld _world;
    private readonly Invite _invite = Invite.Create(Key.ToDiscoveryKey(), new SeededRandom(1));
    private readonly List<IAsyncDisposable> _all = [];

    public BlindPairingTests() => _world = new FakeWorld(_clock);

    [Fact]
    public async Task Candidate_ConnectedToMember_IsAdmitted()
    {
        var (a, b) = await ConnectAsync();
        var asked = new List<string>();
        a.AddMember(Key.ToDiscoveryKey(), Confirm(asked));
        var candidate = b.AddCandidate(new CandidateRequest(_invite, "who"u8.ToArray()));

        var outcome = await candidate.Outcome.WaitAsync(Patience);
        Assert.Equal(PairingStatus.Accepted, outcome.Status);
        Assert.Equal(Keys.EncryptionKey, outcome.Keys!.EncryptionKey);
        Assert.Equal(["who"], asked);
    }

    [Fact]
    public async Task Candidate_BeforeAnyMember_IsAdmittedWhenOneConnects()
    {
        var (a, b) = (Pairing(), Pairing());
        var candidate = b.AddCandidate(new CandidateRequest(_invite, "who"u8.ToArray()));
        a.AddMember(Key.ToDiscoveryKey(), Confirm([]));
        await ConnectAsync(a, b);
        Assert.Equal(PairingStatus.Accepted, (await candidate.Outcome.WaitAsync(Patience)).Status);
    }

    [Fact]
    public async Task Candidate_RefusedByOneAdmittedByAnother_IsAdmitted()
    {
        // No time passes: the candidate asks the second at once, and its patience with refusals does not end.
        var (one, two, b) = (Pairing(), Pairing(), Pairing(new BlindPairingOptions { PeerInterval = TimeSpan.Zero }));
        one.AddMember(Key.ToDiscoveryKey(), Deny(PairingStatus.Used));
        two.AddMember(Key.ToDiscoveryKey(), Confirm([]));
        var candidate = b.AddCandidate(new CandidateRequest(_invite, "who"u8.ToArray()));
        await ConnectAsync(one, b);
        await ConnectAsync(two, b);
        Assert.Equal(PairingStatus.Accepted, (await candidate.Outcome.WaitAsync(Patience)).Status);
    }

    [Theory]
    [InlineData(PairingStatus.Rejected)]
    [InlineData(PairingStatus.Used)]
    [InlineData(PairingStatus.Expired)]
    public async Task Candidate_RefusedByAll_LearnsWhy(PairingStatus status)
    {
        var (a, b) = await ConnectAsync();
        a.AddMember(Key.ToDiscoveryKey(), Deny(status));
        var candidate = b.AddCandidate(new CandidateRequest(_invite, "who"u8.ToArray()));
        Assert.Equal(status, (await RunAsync(candidate.Outcome, TimeSpan.FromSeconds(1))).Status);
    }

    [Fact]
    public async Task Candidate_NeverOnlineWithAMember_IsAdmittedThroughTheDht()
    {
        var topic = PairingHashes.CandidateTopic(Key.ToDiscoveryKey());
        var first = Pairing();
        var candidate = first.AddCandidate(new CandidateRequest(_invite, "who"u8.ToArray()));
        await UntilAsync(() => _world.CountAnnounced(topic) == 1);
        await first.DisposeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => candidate.Outcome);

        var asked = new List<string>();
        var member = Pairing();
        member.AddMember(Key.ToDiscoveryKey(), Confirm(asked));
        await UntilAsync(() => asked.Count == 1);
        await member.DisposeAsync();

        // The same invite and user data make the same request again.
        var again = Pairing().AddCandidate(new CandidateRequest(_invite, "who"u8.ToArray()));
        Assert.Equal(PairingStatus.Accepted, (await RunAsync(again.Outcome, TimeSpan.FromMinutes(1))).Status);
    }

    [Fact]
    public async Task Candidate_AdmittedWhileAnnounced_TakesTheAnnouncementBack()
    {
        var topic = PairingHashes.CandidateTopic(Key.ToDiscoveryKey());
        var (a, b) = (Pairing(), Pairing());
        var candidate = b.AddCandidate(new CandidateRequest(_invite, "who"u8.ToArray()));
        await UntilAsync(() => _world.CountAnnounced(topic) == 1);
        a.AddMember(Key.ToDiscoveryKey(), Confirm([]));
        await RunAsync(candidate.Outcome, TimeSpan.FromMinutes(1));
        await UntilAsync(() => _world.CountAnnounced(topic) == 0);
    }

    [Fact]
    public async Task Member_SameRequestFromManySides_IsAskedOnce()
    {
        var gate = new TaskCompletionSource();
        var asked = 0;
        var member = Pairing();
        member.AddMember(Key.ToDiscoveryKey(), async (request, _) =>
        {
            Interlocked.Increment(ref asked);
            await gate.Task;
            Assert.True(request.TryOpen(_invite.PublicKey));
            request.Confirm(Keys);
        });
        var candidates = new List<PairingCandidate>();
        for (var i = 0; i < 8; i++)
        {
            var pairing = Pairing();
            await ConnectAsync(member, pairing);
            candidates.Add(pairing.AddCandidate(new CandidateRequest(_invite, "who"u8.ToArray())));
        }

        await UntilAsync(() => Volatile.Read(ref asked) > 0);
        gate.SetResult();
        foreach (var candidate in candidates) Assert.Equal(PairingStatus.Accepted, (await candidate.Outcome.WaitAsync(Patience)).Status);
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task Member_RubbishFromStrangers_StillAdmits()
    {
        var topic = PairingHashes.CandidateTopic(Key.ToDiscoveryKey());
        IRandom random = new SeededRandom(9);
        for (var i = 0; i < 200; i++)
        {
            using var stranger = KeyPair.Generate(random);
            var rubbish = new byte[random.Next(300)];
            random.Fill(rubbish);
            _world.Announce(topic, stranger.PublicKey, rubbish);
        }

        var asked = new List<string>();
        var (a, b) = await ConnectAsync();
        a.AddMember(Key.ToDiscoveryKey(), Confirm(asked));
        var candidate = b.AddCandidate(new CandidateRequest(_invite, "who"u8.ToArray()));
        Assert.Equal(PairingStatus.Accepted, (await candidate.Outcome.WaitAsync(Patience)).Status);
        Assert.Equal(["who"], asked);
    }

    [Fact]
    public async Task Member_HandlerThrows_AnswersTheNext()
    {
        var (a, b) = await ConnectAsync();
        var isFirst = true;
        a.AddMember(Key.ToDiscoveryKey(), (request, _) =>
        {
            if (isFirst)
            {
                isFirst = false;
                throw new InvalidOperationException("not now");
            }

            request.TryOpen(_invite.PublicKey);
            request.Confirm(Keys);
            return default;
        });
        var first = b.AddCandidate(new CandidateRequest(_invite, "one"u8.ToArray()));
        await UntilAsync(() => !isFirst);
        await first.DisposeAsync();
        var second = b.AddCandidate(new CandidateRequest(_invite, "two"u8.ToArray()));
        Assert.Equal(PairingStatus.Accepted, (await RunAsync(second.Outcome, TimeSpan.FromMinutes(1))).Status);
    }

    [Fact]
    public async Task Add_ASecondOfAKind_Throws()
    {
        var pairing = Pairing();
        pairing.AddMember(Key.ToDiscoveryKey(), Deny(PairingStatus.Rejected));
        Assert.Throws<InvalidOperationException>(() => pairing.AddMember(Key.ToDiscoveryKey(), Deny(PairingStatus.Rejected)));
        var candidate = pairing.AddCandidate(new CandidateRequest(_invite, default));
        Assert.Throws<InvalidOperationException>(() => pairing.AddCandidate(new CandidateRequest(_invite, default)));
        await candidate.DisposeAsync();
        pairing.AddCandidate(new CandidateRequest(_invite, default));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in Enumerable.Reverse(_all)) await one.DisposeAsync();
    }

    private Func<MemberRequest, CancellationToken, ValueTask> Confirm(List<string> asked) => (request, _) =>
    {
        if (!request.TryOpen(_invite.PublicKey)) return default;
        lock (asked) asked.Add(System.Text.Encoding.UTF8.GetString(request.UserData.Span));
        request.Confirm(Keys);
        return default;
    };

    private Func<MemberRequest, CancellationToken, ValueTask> Deny(PairingStatus status) => (request, _) =>
    {
        request.TryOpen(_invite.PublicKey);
        request.Deny(status);
        return default;
    };

    private BlindPairing Pairing(BlindPairingOptions? options = null)
    {
        var pairing = new BlindPairing(_world.Join(), options);
        _all.Add(pairing);
        return pairing;
    }

    private async Task<(BlindPairing A, BlindPairing B)> ConnectAsync()
    {
        var (a, b) = (Pairing(), Pairing());
        await ConnectAsync(a, b);
        return (a, b);
    }

    private Task ConnectAsync(BlindPairing a, BlindPairing b)
    {
        var streams = MessageStreamPair.CreateInMemory();
        foreach (var (pairing, stream) in new[] { (a, streams.Initiator), (b, streams.Responder) })
        {
            var mux = new Mux(stream);
            _all.Insert(0, mux);
            pairing.AddStream(mux);
            mux.Start();
        }

        _all.Insert(0, streams);
        return Task.CompletedTask;
    }

    /// <summary>Lets time pass until the task is done.</summary>
    private async Task<T> RunAsync<T>(Task<T> task, TimeSpan step)
    {
        await UntilAsync(() => task.IsCompleted, step);
        return await task;
    }

    private async Task UntilAsync(Func<bool> isSo, TimeSpan? step = null)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!isSo())
        {
            patience.Token.ThrowIfCancellationRequested();
            if (step is { } time) _clock.Advance(time);
            await Task.Yield();
        }
    }
}
