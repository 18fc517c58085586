using Nashi.Encoding;
using Nashi.Hypercore.Merkle;
using Nashi.Hypercore.Replication;
using Nashi.Hypercore.Replication.Protocol;
using Nashi.Protomux;
using Nashi.SecretStream;
using Xunit;

namespace Nashi.Hypercore.Tests.Replication;

/// <summary>A peer that knows the key and breaks every other rule.</summary>
public sealed class HostilePeerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(WireType.Sync)]
    [InlineData(WireType.Request)]
    [InlineData(WireType.Data)]
    [InlineData(WireType.Range)]
    [InlineData(WireType.Bitfield)]
    [InlineData(WireType.Want)]
    [InlineData(WireType.NoData)]
    public async Task Garbage_EndsTheConnection(int type)
    {
        await using var victim = await Victim.StartAsync();
        victim.Send(type, [0xff, 0xff, 0xff]);
        Assert.Equal(CloseKind.ProtocolViolation, (await victim.ClosedAsync()).Kind);
    }

    [Fact]
    public async Task RequestFlood_EndsTheConnection()
    {
        await using var victim = await Victim.StartAsync();
        // Nothing is read by the attacker, so that answers pile up.
        for (ulong id = 1; id < 60000; id++) victim.Request(id, new ProofRequest { Block = new(0, 0) });
        Assert.Equal(CloseKind.LimitExceeded, (await victim.ClosedAsync()).Kind);
    }

    [Fact]
    public async Task SenselessRequests_EndTheConnection()
    {
        await using var victim = await Victim.StartAsync();
        for (ulong id = 1; id < 100; id++) victim.Request(id, new ProofRequest { Upgrade = new(1, 1UL << 40) });
        Assert.Equal(CloseKind.LimitExceeded, (await victim.ClosedAsync()).Kind);
    }

    [Fact]
    public async Task UnaskedAnswers_EndTheConnection()
    {
        await using var victim = await Victim.StartAsync();
        for (ulong id = 1; id < 3000; id++) victim.Data(new(id, new Proof { Block = new(1, new byte[10], default) }));
        Assert.Equal(CloseKind.LimitExceeded, (await victim.ClosedAsync()).Kind);
        Assert.Equal(10UL, victim.Core.Core.Length);
    }

    [Fact]
    public async Task HugeAnnouncements_CostLittleAndChangeNothing()
    {
        await using var victim = await Victim.StartAsync();
        var before = GC.GetTotalMemory(true);
        victim.Sync(new(0, CompactReader.MaxUInt, 10, true, true, true, true, false));
        victim.Range(new(false, 1, CompactReader.MaxUInt - 1));
        victim.Range(new(false, 0, CompactReader.MaxUInt));
        victim.Range(new(true, 5, CompactReader.MaxUInt - 5));
        for (ulong i = 0; i < 20000; i++) victim.Range(new(false, i * 1_000_003, 1));
        victim.Request(1, new ProofRequest { Block = new(3, 0) });
        _ = await victim.NextAsync(WireType.Data);
        Assert.InRange(GC.GetTotalMemory(true) - before, long.MinValue, 64 << 20);
        Assert.Equal(10UL, victim.Core.Core.Length);
    }

    [Fact]
    public async Task LyingUpgrade_IsNotStoredAndEndsTheConnection()
    {
        await using var victim = await Victim.StartAsync();
        victim.Sync(new(0, 20, 10, true, true, true, true, false));
        for (var n = 0; n < 10 && !victim.IsClosed; n++)
        {
            var asked = await victim.NextAsync(WireType.Request);
            if (asked is null || !RequestMessage.TryDecode(asked, out var request)) break;
            var nodes = new TreeNode[] { new(21, 100, default) };
            victim.Data(new(request.Id, new Proof { Upgrade = new(request.Id == 0 ? 0UL : 10, 10, nodes, default, new byte[64]) }));
        }

        Assert.False((await victim.ClosedAsync()).IsClean);
        Assert.Equal(10UL, victim.Core.Core.Length);
    }

    [Fact]
    public async Task AnswerThatReachesFurther_ComesAfterItsLength()
    {
        var core = new FakeCore(FakeCore.NewKey(1));
        core.Append(10);
        await using var peer = await Victim.StartAsync(core.Replicator);
        core.GrowsUntold = 3;
        for (ulong id = 1; id < 20; id++)
        {
            var length = core.Tip.Length;
            peer.Request(id, new ProofRequest { Upgrade = new(5, length - 5) });
            Assert.True(SyncMessage.TryDecode(await peer.FirstOfAsync(WireType.Sync, WireType.Data), out var sync));
            Assert.Equal(length + 3, sync.Length);
            Assert.True(DataMessage.TryDecode(await peer.NextAsync(WireType.Data), out var data));
            Assert.Equal(sync.Length, data.Proof.Upgrade!.Value.SignedLength);
        }
    }

    private sealed class Victim : IChannelHandler, IAsyncDisposable
    {
        private readonly System.Threading.Channels.Channel<(int Type, byte[] Payload)> _heard = System.Threading.Channels.Channel.CreateUnbounded<(int, byte[])>();
        private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Wire? _wire;
        private Channel? _channel;
        private Live? _core;

        public Live Core => _core!;

        public bool IsClosed => _wire!.Left.Mux.Closed.IsCompleted;

        public static async Task<Victim> StartAsync()
        {
            var core = Live.Writer(1);
            await core.AppendAsync(10);
            var victim = await StartAsync(core.Replicator);
            victim._core = core;
            return victim;
        }

        public static async Task<Victim> StartAsync(Replicator replicator)
        {
            var victim = new Victim();
            var wire = victim._wire = new Wire();
            Assert.True(wire.Left.Attach(replicator));
            var stream = wire.Right.Mux.Stream;
            victim._channel = wire.Right.Mux.TryOpen(new ChannelOptions
            {
                Protocol = "hypercore/alpha",
                Id = replicator.DiscoveryKey.Value.ToArray(),
                Handshake = new ReplicationHandshake(true, ReplicationHandshake.CapabilityOf(stream.IsInitiator, replicator.Key, stream.HandshakeHash.Span)).Encode(),
                Handler = victim,
            });
            wire.Start();
            await victim._opened.Task.WaitAsync(Patience, Token);
            await victim.NextAsync(WireType.Sync);
            return victim;
        }

        public void Send(int type, ReadOnlySpan<byte> payload) => _ = _channel!.Send(type, payload);

        public void Request(ulong id, ProofRequest what) => Write(WireType.Request, (ref CompactWriter w) => new RequestMessage(id, 0, what, 0).Write(ref w));

        public void Data(DataMessage message) => Write(WireType.Data, (ref CompactWriter w) => message.Write(ref w));

        public void Sync(SyncMessage message) => Write(WireType.Sync, (ref CompactWriter w) => message.Write(ref w));

        public void Range(RangeMessage message) => Write(WireType.Range, (ref CompactWriter w) => message.Write(ref w));

        public Task<CloseReason> ClosedAsync() => _wire!.Left.Mux.Closed.WaitAsync(Patience, Token);

        public async Task<byte[]?> NextAsync(int type)
        {
            using var patience = new CancellationTokenSource(Patience);
            await foreach (var (heard, payload) in _heard.Reader.ReadAllAsync(patience.Token))
            {
                if (heard == type) return payload;
            }

            return null;
        }

        /// <summary>The next message of either type, which has to be of the first.</summary>
        public async Task<byte[]> FirstOfAsync(int expected, int other)
        {
            using var patience = new CancellationTokenSource(Patience);
            while (true)
            {
                var (type, payload) = await _heard.Reader.ReadAsync(patience.Token);
                Assert.NotEqual(other, type);
                if (type == expected) return payload;
            }
        }

        public void OnOpen(Channel channel, ReadOnlySpan<byte> handshake) => _opened.TrySetResult();

        public ValueTask OnMessageAsync(Channel channel, int type, ReadOnlyMemory<byte> payload)
        {
            _ = _heard.Writer.TryWrite((type, payload.ToArray()));
            return default;
        }

        public void OnDrain(Channel channel)
        {
        }

        public void OnClose(Channel channel, bool isRemote) => _heard.Writer.TryComplete();

        public async ValueTask DisposeAsync()
        {
            await _wire!.DisposeAsync();
            if (_core is not null) await _core.DisposeAsync();
        }

        private void Write(int type, Writing write)
        {
            var output = new System.Buffers.ArrayBufferWriter<byte>();
            var writer = new CompactWriter(output);
            write(ref writer);
            Send(type, output.WrittenSpan);
        }

        private delegate void Writing(ref CompactWriter writer);
    }
}
