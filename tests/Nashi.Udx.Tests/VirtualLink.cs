using Nashi.Udx.Protocol;

namespace Nashi.Udx.Tests;

/// <summary>Two cores and a path between them that loses, delays, reorders and repeats packets, in virtual time from a seed.</summary>
internal sealed class VirtualLink
{
    private const long TimeLimit = 3_600_000_000;

    private readonly SeededRandom _random;
    private readonly IRandom _dice;
    private readonly double _loss;
    private readonly double _duplicate;
    private readonly long _delay;
    private readonly long _jitter;
    private readonly uint _first;
    private readonly PriorityQueue<(VirtualEnd To, byte[] Packet), (long At, long Order)> _packets = new();
    private long _order;
    private long _now = 1_000_000;

    public VirtualLink(ulong seed)
    {
        _random = new SeededRandom(seed);
        _dice = _random;
        _loss = _dice.Next(5) == 0 ? 0 : _dice.NextDouble() * 0.20;
        _duplicate = _dice.Next(2) == 0 ? 0 : _dice.NextDouble() * 0.1;
        _delay = _dice.Next(150_001);
        _jitter = _dice.Next(3) == 0 ? 0 : _dice.Next((int)(_delay / 2) + 1000);
        // Half of the runs wrap around the end of the sequence numbers.
        _first = _dice.Next(2) == 0 ? 0 : uint.MaxValue - (uint)_dice.Next(40);
        A = new VirtualEnd(this, Options(), Size(), _dice);
        B = new VirtualEnd(this, Options(), Size(), _dice);
        (A.Peer, B.Peer) = (B, A);
        A.Core.Connect(2, isIPv6: false);
        B.Core.Connect(1, isIPv6: false);
    }

    public VirtualEnd A { get; }

    public VirtualEnd B { get; }

    public Instant Now => new(_now);

    public override string ToString() =>
        $"loss {_loss:P1}, duplicates {_duplicate:P1}, delay {_delay} us, jitter {_jitter} us, {A.ToSend.Length} and {B.ToSend.Length} bytes; at {_now / 1000} ms: {A} | {B}";

    /// <summary>Runs until both ends closed.</summary>
    public void Run()
    {
        A.Pump();
        B.Pump();
        while (!(A.IsClosed && B.IsClosed))
        {
            if (_now > TimeLimit) throw new InvalidOperationException($"Did not finish: {this}");
            Step();
        }
    }

    public void Send(VirtualEnd to, ReadOnlySpan<byte> packet)
    {
        if (_dice.NextDouble() < _loss) return;
        var copies = _dice.NextDouble() < _duplicate ? 2 : 1;
        for (var i = 0; i < copies; i++)
        {
            var at = _now + _delay + (_jitter > 0 ? _dice.Next((int)_jitter) : 0);
            _packets.Enqueue((to, packet.ToArray()), (at, _order++));
        }
    }

    private int Size() => _dice.Next(_dice.Next(8) == 0 ? 800_000 : 60_000);

    private UdxStreamOptions Options() => new() { ReceiveWindow = 64 * 1024 << _dice.Next(3), SendBuffer = 64 * 1024, Patience = TimeSpan.FromSeconds(120), FirstSequence = _first };

    private void Step()
    {
        var packetAt = _packets.TryPeek(out _, out var next) ? next.At : long.MaxValue;
        var timerAt = Math.Min(A.Core.NextTimeout?.Microseconds ?? long.MaxValue, B.Core.NextTimeout?.Microseconds ?? long.MaxValue);
        if (packetAt == long.MaxValue && timerAt == long.MaxValue) throw new InvalidOperationException($"Stuck: {this}");
        _now = Math.Max(_now, Math.Min(packetAt, timerAt));
        if (packetAt <= timerAt)
        {
            var (to, packet) = _packets.Dequeue();
            to.Core.HandlePacket(packet, Now);
            to.Pump();
            return;
        }

        A.HandleTimer();
        B.HandleTimer();
    }
}
