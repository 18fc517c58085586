using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Dht.Rpc;

/// <summary>Requests and responses: repeats, timeouts, the congestion window, tokens, and the budget for strangers.</summary>
/// <remarks>
/// Pure: fed with datagrams and calls and the time; sends through its sink. A response counts only when it comes from the address that was asked and
/// bears a number that was drawn at random. Bounded: <see cref="MaxPending"/> requests. Source: network.md §2.
/// </remarks>
internal sealed class RpcCore
{
    /// <summary>How many requests may wait for an answer.</summary>
    public const int MaxPending = 8192;

    private const int SmallResponse = 512;

    private static readonly TimeSpan WindowTurn = TimeSpan.FromMilliseconds(750);

    private readonly IRpcOwner _owner;
    private readonly IDatagramSink _sink;
    private readonly IRandom _random;
    private readonly TokenSecrets _tokens;
    private readonly ResponseBudget _budget = new();
    private readonly CongestionWindow _window;
    private readonly RoundTrips _roundTrips = new();
    private readonly Dictionary<ushort, PendingCall> _pending = [];
    private readonly Queue<PendingCall> _waiting = new();
    private readonly PriorityQueue<(PendingCall Call, int Attempt), Instant> _timers = new();
    private Instant _windowTurnsAt = Instant.Never;

    /// <summary>Starts.</summary>
    public RpcCore(IRpcOwner owner, IDatagramSink sink, IRandom random, int maxWindow, Instant now)
    {
        (_owner, _sink, _random) = (owner, sink, random);
        _tokens = new(random, now);
        _window = new(maxWindow);
    }

    /// <summary>What has been seen.</summary>
    public RpcCounters Counters { get; } = new();

    /// <summary>How many requests wait for an answer.</summary>
    public int PendingCount => _pending.Count;

    /// <summary>When <see cref="HandleTimeout"/> is to be called.</summary>
    public Instant NextTimeout => _timers.TryPeek(out _, out var at) ? Instant.Min(at, _windowTurnsAt) : _windowTurnsAt;

    /// <summary>Sends a request. Its owner is never called back before this returns.</summary>
    public void Send(RpcCall call, Instant now)
    {
        var pending = new PendingCall(call, call.Socket ?? _owner.DefaultSocket);
        if (_pending.Count >= MaxPending)
        {
            pending.Attempts = call.Retries + 1;
            _timers.Enqueue((pending, pending.Attempts), now);
            return;
        }

        do pending.TransactionId = (ushort)_random.Next(ushort.MaxValue + 1);
        while (!_pending.TryAdd(pending.TransactionId, pending));
        Counters.Sent++;
        if (_windowTurnsAt == Instant.Never) _windowTurnsAt = now + WindowTurn;
        if (_window.IsFull && !call.IsUrgent) _waiting.Enqueue(pending);
        else Transmit(pending, now);
    }

    /// <summary>Takes a datagram.</summary>
    public void Receive(object socket, ReadOnlySpan<byte> datagram, UdpAddress from, Instant now)
    {
        if (datagram.Length < 2 || from.Port == 0 || !from.IsIPv4) Counters.Malformed++;
        else if (datagram[0] == RpcRequest.Kind) ReceiveRequest(socket, datagram, from, now);
        else if (datagram[0] == RpcResponse.Kind) ReceiveResponse(socket, datagram, from, now);
        else Counters.Malformed++;
    }

    /// <summary>Repeats, gives up, and lets waiting requests go.</summary>
    public void HandleTimeout(Instant now)
    {
        if (now >= _windowTurnsAt) TurnWindow(now);
        while (_timers.TryPeek(out var entry, out var at) && at <= now)
        {
            _timers.Dequeue();
            if (!entry.Call.IsDone && entry.Call.Attempts == entry.Attempt) HandleLate(entry.Call, now);
        }
    }

    /// <summary>Ends all requests as unanswered.</summary>
    public void Abort(Instant now)
    {
        foreach (var pending in _pending.Values.ToArray()) Finish(pending, null, now);
        _waiting.Clear();
    }

    /// <summary>Answers a request, if its sender's budget allows.</summary>
    public void Respond(InboundRequest request, RpcAnswer answer, Instant now)
    {
        var socket = answer.Socket ?? request.Socket;
        var to = answer.To ?? request.From;
        var closer = answer.WithCloser && request.Message.Target is { } target ? _owner.CloserTo(target) : [];
        Bytes32? token = answer.WithToken ? _tokens.Issue(to, now) : null;
        var id = answer.WithId ? _owner.IdOn(socket) : null;
        var response = new RpcResponse(request.Message.TransactionId, to, id, token, closer, answer.Error, answer.Value);
        if (request.Message.Token is null && !answer.IsRelayed && !MayAnswer(request, ref response, to, now))
        {
            Counters.Withheld++;
            return;
        }

        Span<byte> room = stackalloc byte[SmallResponse];
        var size = response.EncodedSize;
        var datagram = size <= room.Length ? room[..size] : new byte[size];
        response.Encode(datagram);
        _sink.Send(socket, datagram, to);
    }

    /// <summary>Passes a request on under its own transaction number.</summary>
    public void Forward(InboundRequest request, byte[]? value, UdpAddress to, object? socket)
    {
        var from = socket ?? request.Socket;
        _sink.Send(from, (request.Message with { To = to, Id = _owner.IdOn(from), Token = null, Value = value }).Encode(), to);
    }

    private bool MayAnswer(InboundRequest request, ref RpcResponse response, UdpAddress to, Instant now)
    {
        // A node we know hears us, but somebody else may still ask in its name: it gets more, not everything.
        var share = _owner.IsProven(to) ? 4 : 1;
        if (_budget.TrySpend(to, request.Size, response.EncodedSize / share, now)) return true;
        if (response.Closer.Count == 0) return false;
        response = response with { Closer = [] };
        return _budget.TrySpend(to, 0, response.EncodedSize / share, now);
    }

    private static Bytes32? Proven(Bytes32? id, UdpAddress from) => id is { } claimed && NodeId.Of(from) == claimed ? id : null;

    private void ReceiveRequest(object socket, ReadOnlySpan<byte> datagram, UdpAddress from, Instant now)
    {
        if (!RpcRequest.TryDecode(datagram, out var message))
        {
            Counters.Malformed++;
            return;
        }

        Counters.Received++;
        var request = new InboundRequest(from, Proven(message.Id, from), socket, message, datagram.Length);
        if (message.Token is { } token && !_tokens.Verify(token, from, now))
        {
            Counters.BadTokens++;
            Respond(request with { Message = message with { Token = null } }, new RpcAnswer { Error = RpcError.InvalidToken, WithToken = true, WithCloser = true }, now);
            return;
        }

        _owner.HandleRequest(request, now);
    }

    private void ReceiveResponse(object socket, ReadOnlySpan<byte> datagram, UdpAddress from, Instant now)
    {
        if (!RpcResponse.TryDecode(datagram, out var response))
        {
            Counters.Malformed++;
            return;
        }

        if (!_pending.TryGetValue(response.TransactionId, out var pending) || pending.Call.To != from || pending.Attempts == 0)
        {
            Counters.Unsolicited++;
            return;
        }

        Counters.Answered++;
        if (pending.Attempts == 1) _roundTrips.Add(now - pending.SentAt);
        var reply = new RpcReply(from, Proven(response.Id, from), socket, response);
        _owner.HandleReply(reply, now);
        Finish(pending, reply, now);
    }

    private void Transmit(PendingCall pending, Instant now)
    {
        var call = pending.Call;
        pending.Attempts++;
        pending.SentAt = now;
        _window.Sent();
        pending.Datagram ??= new RpcRequest(
            pending.TransactionId, call.To, _owner.IdOn(pending.Socket), call.Token, call.IsInternal, call.Command, call.Target, call.Value).Encode();
        _sink.Send(pending.Socket, pending.Datagram, call.To);
        _timers.Enqueue((pending, pending.Attempts), now + _roundTrips.Timeout(pending.Attempts));
    }

    private void HandleLate(PendingCall pending, Instant now)
    {
        if (pending.Attempts == 1) pending.Call.Slow?.Invoke(now);
        if (pending.IsDone) return;
        if (pending.Attempts <= pending.Call.Retries)
        {
            if (_window.IsFull && !pending.Call.IsUrgent) _waiting.Enqueue(pending);
            else Transmit(pending, now);
            return;
        }

        Counters.Silent++;
        _owner.HandleSilence(pending.Call, now);
        Finish(pending, null, now);
    }

    private void Finish(PendingCall pending, RpcReply? reply, Instant now)
    {
        if (pending.IsDone) return;
        pending.IsDone = true;
        if (_pending.TryGetValue(pending.TransactionId, out var known) && known == pending) _pending.Remove(pending.TransactionId);
        if (pending.Attempts > 0) _window.Settled();
        pending.Call.Done(reply, now);
    }

    private void TurnWindow(Instant now)
    {
        _window.Turn();
        while (!_window.IsFull && _waiting.TryDequeue(out var next))
        {
            if (!next.IsDone) Transmit(next, now);
        }

        _windowTurnsAt = _pending.Count == 0 && _waiting.Count == 0 && _window.IsEmpty ? Instant.Never : now + WindowTurn;
    }

    private sealed class PendingCall(RpcCall call, object socket)
    {
        public RpcCall Call { get; } = call;

        public object Socket { get; } = socket;

        public ushort TransactionId { get; set; }

        public int Attempts { get; set; }

        public Instant SentAt { get; set; }

        public byte[]? Datagram { get; set; }

        public bool IsDone { get; set; }
    }
}
