using System.Runtime.InteropServices;
using Nashi.Datagrams;

namespace Nashi.Simulation.Engine;

/// <summary>The simulated network and its time: datagrams, wake-ups and plans, in order. The same seed gives the same run.</summary>
/// <remarks>A datagram in flight is a slot in an array, whose buffer the next one takes over: nothing is allocated for each.</remarks>
internal sealed class Net(ulong seed, double loss)
{
    private readonly Dice _dice = new(seed);
    private readonly EventHeap _heap = new();
    private readonly PriorityQueue<Action<Instant>, (long At, long Order)> _plans = new();
    private readonly Dictionary<uint, Host> _byIp = [];
    private readonly List<Host?> _hosts = [];
    private readonly Stack<int> _freeHosts = new();
    private Flight[] _flights = new Flight[1024];
    private byte[]?[] _buffers = new byte[1024][];
    private int _freeFlight = -1;
    private int _flightCount;
    private long _planOrder;

    public Instant Now { get; private set; }

    public long Events { get; private set; }

    public long Sent { get; private set; }

    public long Bytes { get; private set; }

    public long Lost { get; private set; }

    /// <summary>Sums up every datagram that arrived, when and where: two runs that agree in it were the same.</summary>
    public ulong Trace { get; private set; } = 0xcbf29ce484222325;

    public void Add(Host host)
    {
        host.Index = _freeHosts.TryPop(out var free) ? free : _hosts.Count;
        if (host.Index == _hosts.Count) _hosts.Add(host);
        else _hosts[host.Index] = host;
        _byIp.Add(host.Ip, host);
    }

    public void Remove(Host host)
    {
        _byIp.Remove(host.Ip);
        _hosts[host.Index] = null;
        _freeHosts.Push(host.Index);
    }

    public bool IsTaken(uint ip) => _byIp.ContainsKey(ip);

    /// <summary>Sends a datagram from a host.</summary>
    public void Send(Host from, int port, ReadOnlySpan<byte> datagram, UdpAddress to)
    {
        Sent++;
        Bytes += datagram.Length;
        if (_dice.NextDouble() < loss || !_byIp.TryGetValue(to.IPv4, out var target))
        {
            Lost++;
            return;
        }

        var at = Now.Microseconds + from.Place.DelayTo(target.Place, _dice);
        _heap.Push(at, Store(new(UdpAddress.FromIPv4(from.Ip, port), to.IPv4, to.Port, datagram.Length), datagram));
    }

    /// <summary>Has a host woken at a time, if it does not ask for another before.</summary>
    public void WakeAt(Host host, Instant at)
    {
        host.WakesAt = Math.Max(at.Microseconds, Now.Microseconds);
        _heap.Push(host.WakesAt, ~host.Index);
    }

    public void Plan(TimeSpan wait, Action<Instant> action) => _plans.Enqueue(action, ((Now + wait).Microseconds, _planOrder++));

    public void Run(TimeSpan time) => RunUntil(static () => false, time);

    /// <returns>False when it was not so in all that time.</returns>
    public bool RunUntil(Func<bool> isSo, TimeSpan patience)
    {
        var end = (Now + patience).Microseconds;
        while (!isSo())
        {
            var plannedAt = _plans.TryPeek(out _, out var key) ? key.At : long.MaxValue;
            var next = Math.Min(plannedAt, _heap.NextAt);
            if (next > end)
            {
                Now = new(end);
                return false;
            }

            Now = new(next);
            Events++;
            if (plannedAt <= next) _plans.Dequeue()(Now);
            else Happen(_heap.Pop());
        }

        return true;
    }

    private void Happen(int what)
    {
        if (what >= 0)
        {
            Arrive(what);
            return;
        }

        if (_hosts[~what] is not { } host || host.WakesAt != Now.Microseconds) return;
        host.WakesAt = long.MaxValue;
        host.Wake(Now);
    }

    private void Arrive(int slot)
    {
        var flight = _flights[slot];
        var bytes = _buffers[slot].AsSpan(0, flight.Length);
        Note(flight, bytes);
        if (_byIp.TryGetValue(flight.ToIp, out var host)) host.Receive(flight.ToPort, bytes, flight.From, Now);
        else Lost++;

        // Only now: what the host sends meanwhile must not overwrite what it reads.
        _flights[slot] = new(default, 0, _freeFlight, 0);
        _freeFlight = slot;
    }

    private void Note(in Flight flight, ReadOnlySpan<byte> bytes)
    {
        var sum = Trace;
        Mix(ref sum, (ulong)Now.Microseconds);
        Mix(ref sum, ((ulong)flight.From.IPv4 << 32) | flight.ToIp);
        Mix(ref sum, ((ulong)flight.From.Port << 32) | ((ulong)flight.ToPort << 16) | (uint)flight.Length);
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words) Mix(ref sum, word);
        foreach (var last in bytes[(8 * words.Length)..]) Mix(ref sum, last);
        Trace = sum;
    }

    private static void Mix(ref ulong sum, ulong word)
    {
        sum = (sum ^ word) * 0x9E3779B97F4A7C15;
        sum ^= sum >> 29;
    }

    private int Store(in Flight flight, ReadOnlySpan<byte> datagram)
    {
        int slot;
        if (_freeFlight >= 0) (slot, _freeFlight) = (_freeFlight, _flights[_freeFlight].ToPort);
        else
        {
            slot = _flightCount++;
            if (slot == _flights.Length)
            {
                Array.Resize(ref _flights, 2 * slot);
                Array.Resize(ref _buffers, 2 * slot);
            }
        }

        if (_buffers[slot] is not { } buffer || buffer.Length < datagram.Length)
            _buffers[slot] = buffer = new byte[Math.Max(192, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)datagram.Length))];
        datagram.CopyTo(buffer);
        _flights[slot] = flight;
        return slot;
    }

    // A free slot's port is the number of the next free one.
    private readonly record struct Flight(UdpAddress From, uint ToIp, int ToPort, int Length);
}
