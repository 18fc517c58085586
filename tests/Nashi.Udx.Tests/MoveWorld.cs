using Nashi.Udx.Protocol;

namespace Nashi.Udx.Tests;

/// <summary>Two cores that meet over a relay and move to a direct path, both paths bad in their own way, in virtual time from a seed.</summary>
internal sealed class MoveWorld
{
    private const long TimeLimit = 900_000_000;

    private readonly SeededRandom _random;
    private readonly PriorityQueue<Action, (long At, long Order)> _events = new();
    private readonly double[] _loss = new double[2];
    private readonly long[] _delay = new long[2];
    private readonly long[] _jitter = new long[2];
    private readonly long _movesAt;
    private readonly long _directDiesAt;
    private readonly int _directLimit;
    private readonly bool _tellsOfLoss;
    private readonly bool _hasLiar;
    private bool _relayIsClosed;
    private long _order;
    private long _now = 1_000_000;

    public MoveWorld(ulong seed)
    {
        _random = new SeededRandom(seed);
        for (var i = 0; i < 2; i++)
        {
            _loss[i] = Dice.Next(3) == 0 ? 0 : Dice.NextDouble() * 0.10;
            _delay[i] = 1000 + Dice.Next(100_000);
            _jitter[i] = Dice.Next(2) == 0 ? 0 : Dice.Next((int)_delay[i]);
        }

        _movesAt = _now + Dice.Next(3_000_000);
        Blocks = (MoveBlock)(Dice.Next(10) - 6 is > 0 and var block ? block : 0);
        _directDiesAt = Dice.Next(8) == 0 ? _movesAt + Dice.Next(1_200_000) : long.MaxValue;
        _directLimit = Dice.Next(4) == 0 ? 1220 : 1500;
        _tellsOfLoss = Dice.Next(2) == 0;
        _hasLiar = Dice.Next(3) == 0;
        First = new MoveEnd(this, true, Bytes());
        Second = new MoveEnd(this, false, Bytes());
        (First.Peer, Second.Peer) = (Second, First);
    }

    public MoveBlock Blocks { get; }

    /// <summary>Whether the direct path is good for as long as it is needed.</summary>
    public bool IsDirectGood => Blocks == MoveBlock.Nothing && _directDiesAt == long.MaxValue;

    public IRandom Dice => _random;

    public Instant Now => new(_now);

    public MoveEnd First { get; }

    public MoveEnd Second { get; }

    /// <summary>Whether everything that is to happen to the paths has happened, and the ends may close the stream.</summary>
    public bool MayEnd => _now > _movesAt + 30_000_000;

    public override string ToString() =>
        $"loss {_loss[0]:P1}/{_loss[1]:P1}, delay {_delay[0]}/{_delay[1]} us, direct limit {_directLimit}, blocks {Blocks}, liar {_hasLiar}, dies {_directDiesAt}, moves at {_movesAt}, now {_now}: {First} | {Second}";

    public void Run()
    {
        Later(_movesAt - _now, First.StartMove);
        // Wakes both when they may end.
        Later(_movesAt - _now + 30_000_001, First.Pump);
        Later(_movesAt - _now + 30_000_001, Second.Pump);
        First.Pump();
        Second.Pump();
        while (First.Core.CloseReason is null || Second.Core.CloseReason is null)
        {
            if (_now > TimeLimit) throw new InvalidOperationException($"Did not finish: {this}");
            Step();
        }
    }

    public void Send(MoveEnd to, ReadOnlySpan<byte> packet, PathName path)
    {
        if (_hasLiar && _now < _movesAt + 3_000_000 && Dice.Next(16) == 0) Lie(to, packet);
        if (IsDropped(to, packet.Length, path)) return;
        var copy = packet.ToArray();
        var jitter = _jitter[(int)path];
        Later(_delay[(int)path] + (jitter > 0 ? Dice.Next((int)jitter) : 0), () => to.Handle(copy, path));
    }

    /// <summary>One end needs the relay no more: it forwards nothing from then on, to nobody.</summary>
    public void CloseRelay()
    {
        if (_relayIsClosed) return;
        _relayIsClosed = true;
        if (!_tellsOfLoss) return;
        Later(_delay[0], First.LoseRelay);
        Later(_delay[0], Second.LoseRelay);
    }

    // Somebody repeats late what passed by the relay, or says in the name of either path, or of neither, what moves a stream.
    private void Lie(MoveEnd to, ReadOnlySpan<byte> packet)
    {
        if (Dice.Next(2) == 0)
        {
            var late = packet.ToArray();
            Later(Dice.Next(5_000_000), () => to.Handle(late, PathName.Relay));
            return;
        }

        _ = PacketHeader.TryRead(packet, out var header);
        var isQuestion = Dice.Next(2) == 0;
        var forged = new byte[PacketHeader.Size];
        var sequence = isQuestion ? header.Sequence + (uint)Dice.Next(1000) : header.Sequence;
        new PacketHeader(isQuestion ? PacketTypes.Heartbeat : PacketTypes.Message, 0, header.StreamId, header.Window, sequence, header.Ack).Write(forged);
        // Whoever speaks for a direct path that has died keeps the stream there: he could as well destroy it.
        PathName? path = Dice.Next(3) switch { 0 => PathName.Relay, 1 when _directDiesAt == long.MaxValue => PathName.Direct, _ => null };
        Later(Dice.Next(100_000), () => to.Handle(forged, path));
    }

    private bool IsDropped(MoveEnd to, int length, PathName path)
    {
        if (path == PathName.Relay) return _relayIsClosed || Dice.NextDouble() < _loss[0];
        if (length > _directLimit || _now >= _directDiesAt || Dice.NextDouble() < _loss[1]) return true;
        return Blocks switch
        {
            MoveBlock.Both => true,
            MoveBlock.ToFirst => to == First,
            MoveBlock.ToSecond => to == Second,
            _ => false,
        };
    }

    private byte[] Bytes()
    {
        var bytes = new byte[Dice.Next(Dice.Next(4) == 0 ? 600_000 : 60_000)];
        Dice.Fill(bytes);
        return bytes;
    }

    private void Later(long after, Action what) => _events.Enqueue(what, (_now + Math.Max(after, 0), _order++));

    private void Step()
    {
        var eventAt = _events.TryPeek(out _, out var next) ? next.At : long.MaxValue;
        var timerAt = Math.Min(First.Core.NextTimeout?.Microseconds ?? long.MaxValue, Second.Core.NextTimeout?.Microseconds ?? long.MaxValue);
        if (eventAt == long.MaxValue && timerAt == long.MaxValue) throw new InvalidOperationException($"Stuck: {this}");
        _now = Math.Max(_now, Math.Min(eventAt, timerAt));
        if (eventAt <= timerAt)
        {
            _events.Dequeue()();
            return;
        }

        First.HandleTimer();
        Second.HandleTimer();
    }
}
