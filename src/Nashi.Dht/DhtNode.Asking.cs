using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht.Announcing;
using Nashi.Dht.Connecting;
using Nashi.Dht.HolePunching;
using Nashi.Dht.Queries;
using Nashi.Dht.Records;
using Nashi.Dht.Rpc;
using Nashi.Encoding;
using Nashi.Udx;

namespace Nashi.Dht;

/// <content>The node as connecting and announcing see it.</content>
public sealed partial class DhtNode : IConnectNode
{
    private readonly PunchLimits _punches = new(PunchLimits.DefaultPause);

    /// <inheritdoc />
    TimeProvider IConnectNode.Clock => _options.Clock;

    /// <inheritdoc />
    IRandom IConnectNode.Random => _options.Random;

    /// <inheritdoc />
    UdxSocket IConnectNode.DefaultSocket => (UdxSocket)Enter((core, _) => core.DefaultSocket);

    /// <inheritdoc />
    UdxSocket IConnectNode.ServerSocket => _server;

    /// <inheritdoc />
    PunchLimits IConnectNode.Punches => _punches;

    /// <inheritdoc />
    UdpAddress? IConnectNode.PublicAddress => OpenAddress;

    /// <inheritdoc />
    IReadOnlyList<UdpAddress> IConnectNode.LocalAddresses => FindLocalAddresses();

    /// <summary>Where everybody can reach us; null when firewalled or unknown.</summary>
    internal UdpAddress? OpenAddress => Enter<UdpAddress?>((core, _) => core.IsFirewalled || core.PublicAddress is not { Port: not 0 } seen ? null : seen);

    /// <summary>Where servers announced themselves from; to be used in the node's lane only, or by its only user.</summary>
    internal ForwardTable Forwards => _core.Records.Forwards;

    /// <inheritdoc />
    IReadOnlyList<UdpAddress> IConnectNode.SomeNodes(int count) => Enter((core, _) => core.Table.Latest.Take(count).Select(node => node.Address).ToArray());

    /// <inheritdoc />
    Task<NodeReply?> IConnectNode.RequestAsync(
        ulong command, Bytes32 target, byte[] value, UdpAddress to, UdxSocket? socket, int retries, CancellationToken cancellationToken) =>
        ToNodeReply(AskAsync(
            done => new RpcCall { To = to, Command = command, Target = target, Value = value, Socket = socket, Retries = retries, Done = done }, cancellationToken));

    /// <inheritdoc />
    Task<NodeReply?> IConnectNode.PingAsync(UdpAddress to, UdxSocket? socket, int retries, CancellationToken cancellationToken) =>
        ToNodeReply(AskAsync(done => RpcCall.Ping(to, done, socket, retries), cancellationToken));

    /// <inheritdoc />
    async IAsyncEnumerable<UdpAddress> IConnectNode.FindPeerAsync(
        Bytes32 target, IReadOnlyList<UdpAddress> seeds, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var options = new AskOptions(target, DhtCommand.FindPeer) { Seeds = seeds };
        await foreach (var reply in RepliesAsync(options, cancellationToken).ConfigureAwait(false))
        {
            if (reply.Value is { } value && PeerRecord.TryDecode(value, out var record) && Blake2b.Hash(record.PublicKey.Value.AsSpan()) == target) yield return reply.From;
        }
    }

    /// <inheritdoc />
    void IConnectNode.HandleDatagram(UdxSocket socket, ReadOnlySpan<byte> bytes, UdpAddress from) => HandleDatagram(socket, bytes, from);

    /// <inheritdoc />
    async Task<IServerAnnouncer> IConnectNode.AnnounceServerAsync(KeyPair keyPair, CancellationToken cancellationToken)
    {
        var announcer = new Announcer(this, keyPair);
        _announcers[announcer] = 0;
        OfferOnLan(announcer, keyPair.PublicKey);
        try
        {
            await StartAnnouncingAsync(announcer, cancellationToken).ConfigureAwait(false);
            return announcer;
        }
        catch
        {
            await announcer.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    internal TimeProvider Clock => _options.Clock;

    internal Microsoft.Extensions.Logging.ILogger Logger => _options.Logger;

    internal CancellationToken Closing => _closing.Token;

    internal void Forget(Announcer announcer)
    {
        _announcers.TryRemove(announcer, out _);
        WithdrawFromLan(announcer);
    }

    internal void SetLocalRecord(Bytes32 target, byte[]? record) => Enter((core, _) =>
    {
        core.Records.SetLocal(target, record);
        return true;
    });

    internal void Respond(InboundRequest request, RpcAnswer answer) => Enter((core, now) =>
    {
        if (!_isDown) core.Rpc.Respond(request, answer, now);
        return true;
    });

    internal void Forward(InboundRequest request, byte[] value, UdpAddress to, UdxSocket? socket) => Enter((core, _) =>
    {
        if (!_isDown) core.Rpc.Forward(request, value, to, socket);
        return true;
    });

    /// <summary>Sends a request; null when it is not answered.</summary>
    internal async Task<RpcReply?> AskAsync(Func<Action<RpcReply?, Instant>, RpcCall> call, CancellationToken cancellationToken)
    {
        var answered = new TaskCompletionSource<RpcReply?>(TaskCreationOptions.RunContinuationsAsynchronously);
        Enter((core, now) =>
        {
            if (_isSuspended) throw new NodeSuspendedException();
            if (_isDown) answered.SetResult(null);
            else core.Send(call((reply, _) => answered.TrySetResult(reply)), now);
            return true;
        });
        return await answered.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs a query to its end, its commits included.</summary>
    internal async Task<QueryOutcome> QueryAsync(AskOptions options, CancellationToken cancellationToken)
    {
        var finished = new TaskCompletionSource<QueryOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        var query = StartQuery(options, null, outcome => finished.TrySetResult(outcome));
        using var cancel = cancellationToken.UnsafeRegister(_ => Cancel(query), null);
        var outcome = await finished.Task.ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return outcome;
    }

    /// <summary>Runs a query and hands out its answers as they come; stops when the reader does.</summary>
    internal async IAsyncEnumerable<RpcReply> RepliesAsync(AskOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // As many answers as a query visits nodes, at most.
        var replies = Channel.CreateUnbounded<RpcReply>(new UnboundedChannelOptions { SingleReader = true });
        var query = StartQuery(options, reply => replies.Writer.TryWrite(reply), _ => replies.Writer.TryComplete());
        try
        {
            await foreach (var reply in replies.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false)) yield return reply;
        }
        finally
        {
            Cancel(query);
        }
    }

    // A connection on its way learns of a suspension by other means: its requests are simply not answered any more.
    private static async Task<NodeReply?> ToNodeReply(Task<RpcReply?> asked)
    {
        try
        {
            return await asked.ConfigureAwait(false) is { } reply ? new NodeReply(reply.From, reply.Seen, reply.Value) : null;
        }
        catch (NodeSuspendedException)
        {
            return null;
        }
    }

    private Query StartQuery(AskOptions options, Action<RpcReply>? replied, Action<QueryOutcome> finished) => Enter((core, now) =>
    {
        ObjectDisposedException.ThrowIf(_isDown, this);
        if (_isSuspended) throw new NodeSuspendedException();
        var asked = new QueryOptions
        {
            Target = options.Target,
            Command = options.Command,
            Value = options.Value,
            Seeds = options.Seeds,
            Commit = options.Commit,
            Replied = replied,
            Finished = finished,
        };
        return core.StartQuery(core.IsOnline ? asked : asked with { Retries = 1 }, now);
    });

    private void Cancel(Query query) => Enter((_, _) =>
    {
        query.Cancel();
        return true;
    });

    private UdpAddress[] FindLocalAddresses()
    {
        if (!_options.Host.Equals(System.Net.IPAddress.Any)) return [LocalAddress];
        // As of the last look: asking the system takes longer than a round trip through a city.
        var found = (_hasNetworkEvent ? ReadAddresses() : _addresses).Select(address => UdpAddress.From(new System.Net.IPEndPoint(address, LocalAddress.Port))).ToArray();
        return found.Length > 0 ? found : [UdpAddress.FromIPv4(0x7f000001, LocalAddress.Port)];
    }
}
