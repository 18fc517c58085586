using Nashi.Datagrams;

namespace Nashi.Dht.HolePunching;

/// <summary>Our port changes, the remote's stays: holds many of our ports open towards it, so that its probes soon meet one.</summary>
/// <remarks>
/// 256 sockets knock once each, a few at a time, with knocks that die on the way: some routers remember whom they turned away. Later knocks keep the
/// ports open, and reach the remote from the third on, in case our translator is further away than the short ones go. Only socket 0 calls aloud from the
/// start: a remote that lets in every port of a host it has sent to is met at once. A remote that probes as slowly as the reference gets up to
/// <see cref="MaxSockets"/> ports to meet. Never more than <see cref="MaxKnocks"/> in all. Source: network.md §3.9; threats.md row 12.
/// </remarks>
internal sealed class BirthdayPunch : IPunchStrategy
{
    /// <summary>How many sockets there are after the first moment.</summary>
    public const int Sockets = 256;

    /// <summary>How many there are in the end.</summary>
    public const int MaxSockets = 512;

    /// <summary>How many knocks there are in all.</summary>
    public const int MaxKnocks = 1950;

    private const int OpenedAtOnce = 32;
    private const int ShortKnocks = 2;
    private const int MaxBurst = 8;
    private static readonly TimeSpan OpeningPace = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan SlowAfter = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);
    private static readonly int[] Calls = [0, 100, 300, 700, 1500, 3000];

    private readonly UdpAddress _remote;
    private readonly Instant _start;
    private readonly int[] _knocksOf = new int[MaxSockets + 1];
    private int _opened;
    private int _next = 1;
    private int _called;
    private int _sent;
    private Instant _nextKnock;

    /// <summary>Starts at once.</summary>
    /// <param name="remote">The remote's verified address.</param>
    /// <param name="now">The present.</param>
    public BirthdayPunch(UdpAddress remote, Instant now)
    {
        _remote = remote;
        _start = _nextKnock = now;
    }

    /// <inheritdoc />
    public Instant NextTimeout => Instant.Min(_nextKnock, NextCall);

    private Instant NextCall => _called < Calls.Length ? _start + TimeSpan.FromMilliseconds(Calls[_called]) : Instant.Never;

    /// <inheritdoc />
    public void HandleTimeout(ICollection<PunchKnock> knocks, Instant now)
    {
        while (now >= NextCall)
        {
            _called++;
            Knock(0, false, knocks);
        }

        if (now < _nextKnock) return;
        if (_opened < Sockets) Open(knocks, now);
        else KeepOpen(knocks, now);
    }

    private void Open(ICollection<PunchKnock> knocks, Instant now)
    {
        for (var i = 0; i < OpenedAtOnce; i++) OpenOne(knocks);
        _nextKnock = now + (_opened < Sockets ? OpeningPace : Pause);
    }

    private void OpenOne(ICollection<PunchKnock> knocks)
    {
        _opened++;
        Knock(_opened, true, knocks);
    }

    private void KeepOpen(ICollection<PunchKnock> knocks, Instant now)
    {
        for (var burst = 0; now >= _nextKnock && burst < MaxBurst; burst++)
        {
            if (_sent >= MaxKnocks)
            {
                _nextKnock = Instant.Never;
                return;
            }

            if (_opened < MaxSockets && now - _start > SlowAfter) OpenOne(knocks);
            Knock(_next, _knocksOf[_next] < ShortKnocks, knocks);
            _next = _next < _opened ? _next + 1 : 1;
            _nextKnock += _sent < MaxKnocks ? Pace : Grace;
        }

        _nextKnock = Instant.Max(_nextKnock, now);
    }

    private void Knock(int socket, bool isShort, ICollection<PunchKnock> knocks)
    {
        _sent++;
        _knocksOf[socket]++;
        knocks.Add(new(_remote, isShort, socket));
    }
}
