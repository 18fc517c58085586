using Nashi.Udx.Protocol;

namespace Nashi.Udx.Tests;

/// <summary>Streams from one machine to another over one path, in virtual time from a seed. Senders always have more to send.</summary>
internal sealed class VirtualPath
{
    private const int HeaderBytes = 28;

    private readonly PathModel _model;
    private readonly IRandom _dice;
    private readonly List<Flow> _flows = [];
    private readonly PriorityQueue<(Flow Flow, bool Forward, byte[] Packet), (long At, long Order)> _events = new();
    private readonly byte[] _chunk = new byte[256 << 10];
    private readonly long[] _freeAt = new long[2];
    private readonly bool[] _bursting = new bool[2];
    private long _order;
    private long _start = 1_000_000;
    private long _now = 1_000_000;

    public VirtualPath(PathModel model, ulong seed, int flows = 1, UdxStreamOptions? options = null)
    {
        _model = model;
        _dice = new SeededRandom(seed);
        for (var i = 0; i < flows; i++) _flows.Add(new(new CoreRig(options), new CoreRig(options)));
    }

    /// <summary>The longest that a packet waited before the bottleneck on the way to the receiver, in milliseconds.</summary>
    public double LongestWait { get; private set; }

    /// <summary>All waits together, for the average.</summary>
    public double AverageWait => _waits == 0 ? 0 : _waited / _waits;

    private double _waited;
    private long _waits;

    /// <summary>Bytes that each flow's receiver got.</summary>
    public IReadOnlyList<long> Received => [.. _flows.Select(flow => flow.Receiver.Received)];

    public UdxStreamStats StatsOf(int flow) => _flows[flow].Sender.Core.GetStats();

    /// <summary>Megabits per second that all flows together got.</summary>
    public double Megabits(double seconds) => Received.Sum() * 8 / seconds / 1e6;

    /// <summary>Runs until this many seconds after the start. Flow i starts after i · <paramref name="stagger"/> seconds.</summary>
    public void RunUntil(double seconds, double stagger = 0)
    {
        var end = _start + (long)(seconds * 1e6);
        while (true)
        {
            var next = _events.TryPeek(out _, out var key) ? key.At : long.MaxValue;
            for (var i = 0; i < _flows.Count; i++) next = Math.Min(next, Due(i, stagger));
            if (next >= end) break;
            _now = Math.Max(_now, next);
            if (_events.TryPeek(out _, out key) && key.At <= _now) Arrive(_events.Dequeue());
            for (var i = 0; i < _flows.Count; i++)
            {
                if (Due(i, stagger) <= _now) Wake(_flows[i]);
            }
        }

        _now = end;
    }

    private long Due(int i, double stagger)
    {
        var flow = _flows[i];
        if (!flow.IsStarted) return _start + (long)(i * stagger * 1e6);
        return Math.Min(flow.Sender.Core.NextTimeout?.Microseconds ?? long.MaxValue, flow.Receiver.Core.NextTimeout?.Microseconds ?? long.MaxValue);
    }

    private void Wake(Flow flow)
    {
        flow.IsStarted = true;
        foreach (var rig in (ReadOnlySpan<CoreRig>)[flow.Sender, flow.Receiver])
        {
            rig.Now = _now;
            if (rig.Core.NextTimeout is { } due && due.Microseconds <= _now) rig.Core.HandleTimeout(new Instant(_now));
        }

        Pump(flow);
    }

    private void Arrive((Flow Flow, bool Forward, byte[] Packet) arrived)
    {
        var (flow, forward, packet) = arrived;
        (flow.Sender.Now, flow.Receiver.Now) = (_now, _now);
        if (forward) Send(flow, flow.Receiver.Give(packet), forward: false);
        else flow.Sender.Core.HandlePacket(packet, new Instant(_now));
        if (!forward) Pump(flow);
    }

    private void Pump(Flow flow)
    {
        flow.Sender.Now = _now;
        flow.Sender.Core.Write(_chunk);
        Send(flow, flow.Sender.Drain(), forward: true);
        flow.Receiver.Now = _now;
        Send(flow, flow.Receiver.Drain(), forward: false);
    }

    private void Send(Flow flow, List<byte[]> packets, bool forward)
    {
        foreach (var packet in packets)
        {
            if (IsLost(packet, forward)) continue;
            var copies = _dice.NextDouble() < _model.Duplicate ? 2 : 1;
            for (var copy = 0; copy < copies; copy++) Pass(flow, packet, forward);
        }
    }

    private bool IsLost(byte[] packet, bool forward)
    {
        var seconds = (_now - _start) / 1e6;
        if (seconds >= _model.BlackOut.From && seconds < _model.BlackOut.To) return true;
        if (packet.Length + HeaderBytes > _model.Mtu) return true;
        ref var bursting = ref _bursting[forward ? 0 : 1];
        if (_model.Bursts.Begin > 0 && _dice.NextDouble() < (bursting ? _model.Bursts.End : _model.Bursts.Begin)) bursting = !bursting;
        return bursting || _dice.NextDouble() < (forward ? _model.Loss : Math.Max(_model.Loss, _model.BackLoss));
    }

    private void Pass(Flow flow, byte[] packet, bool forward)
    {
        ref var freeAt = ref _freeAt[forward ? 0 : 1];
        var rate = _model.Megabits / 8;
        var waits = Math.Max(0, freeAt - _now);
        if (waits * rate > _model.Queue) return;
        if (forward)
        {
            LongestWait = Math.Max(LongestWait, waits / 1e3);
            (_waited, _waits) = (_waited + (waits / 1e3), _waits + 1);
        }

        freeAt = Math.Max(freeAt, _now) + (long)((packet.Length + HeaderBytes) / rate);
        var extra = _model.Jitter * ((2 * _dice.NextDouble()) - 1);
        if (_dice.NextDouble() < _model.Held.Share) extra += _model.Held.Milliseconds;
        _events.Enqueue((flow, forward, packet), (freeAt + (long)(Math.Max(0, _model.Delay + extra) * 1e3), _order++));
    }

    private sealed class Flow(CoreRig sender, CoreRig receiver)
    {
        public CoreRig Sender => sender;

        public CoreRig Receiver => receiver;

        public bool IsStarted { get; set; }
    }
}
