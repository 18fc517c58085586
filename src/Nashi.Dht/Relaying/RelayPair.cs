using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Encoding;
using Nashi.Udx;

namespace Nashi.Dht.Relaying;

/// <summary>Two streams of a relay, joined: what comes by one goes out by the other.</summary>
/// <remarks>
/// Each goes to the very address and socket of its client's own connection, which is where endpoints send from: nobody else can put himself in a client's
/// place. A client gets packets once it has sent one itself, as with the reference: before it knows of the pair, it would take them for a direct path. What
/// comes for it until then is kept. A client of the reference that moves to a direct path repeats here what it had under way, but from the socket it moved
/// to; and it leaves when it needs the relay no more, though its partner may: hence other ports of a client are heard, and whoever leaves is waited for.
/// </remarks>
internal sealed class RelayPair
{
    // The reference repeats every two seconds, seven times.
    private static readonly TimeSpan LeftAndQuiet = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LeftAtMost = TimeSpan.FromSeconds(30);

    private readonly (RelaySession Session, PairSeat Seat, UdxStream Stream) _first;
    private readonly (RelaySession Session, PairSeat Seat, UdxStream Stream) _second;
    private readonly TokenBucket _bucket;
    private readonly RelayMeter _meter;
    private long _bytes;
    private long _lastUsed;
    private Instant _leftAt = Instant.Never;

    private RelayPair(
        RelayMeter meter, long rate, (RelaySession Session, PairSeat Seat, UdxStream Stream) first, (RelaySession Session, PairSeat Seat, UdxStream Stream) second)
    {
        (_first, _second, _meter) = (first, second, meter);
        _lastUsed = meter.Now.Microseconds;
        _bucket = new TokenBucket(rate, meter.Now);
        first.Stream.RelayTo(second.Stream, Admit);
        second.Stream.RelayTo(first.Stream, Admit);
        Await(first);
        Await(second);
    }

    /// <summary>Who completed it.</summary>
    public PublicKey Client => _first.Session.Client;

    /// <summary>Bytes carried.</summary>
    public long Bytes => Volatile.Read(ref _bytes);


    /// <summary>Completes when it is over.</summary>
    public Task Closed => _first.Stream.Closed;

    /// <summary>Joins two seats.</summary>
    /// <returns>Null when a client is gone, or there are too many streams.</returns>
    public static RelayPair? TryMake(IConnectNode node, RelayMeter meter, long rate, (RelaySession Session, PairSeat Seat) first, (RelaySession Session, PairSeat Seat) second)
    {
        if (!first.Session.Raw.IsConnected || !second.Session.Raw.IsConnected) return null;
        UdxStream? one = null;
        try
        {
            one = RawStreams.Create(node);
            return new RelayPair(meter, rate, (first.Session, first.Seat, one), (second.Session, second.Seat, RawStreams.Create(node)));
        }
        catch (Exception error) when (error is InvalidOperationException or ObjectDisposedException)
        {
            one?.Abort();
            return null;
        }
    }

    /// <summary>Tells both sides where to send.</summary>
    public void Announce(Bytes32 token)
    {
        _first.Session.SendPair(new PairMessage(_first.Seat.IsInitiator, token, _first.Stream.LocalId));
        _second.Session.SendPair(new PairMessage(_second.Seat.IsInitiator, token, _second.Stream.LocalId));
    }

    /// <summary>One of the clients is gone.</summary>
    /// <returns>Whether that was the last of them.</returns>
    public bool Leave(Instant now)
    {
        if (_leftAt != Instant.Never) return true;
        _leftAt = now;
        return false;
    }

    /// <summary>Whether nobody needs it any more.</summary>
    public bool IsIdle(Instant now, TimeSpan patience)
    {
        var quiet = now - new Instant(Volatile.Read(ref _lastUsed));
        return _leftAt == Instant.Never ? quiet >= patience : quiet >= LeftAndQuiet || now - _leftAt >= LeftAtMost;
    }

    /// <summary>Ends it.</summary>
    public void Close() => _first.Stream.Abort();

    private static void Await((RelaySession Session, PairSeat Seat, UdxStream Stream) side) =>
        side.Stream.SetFirewall((socket, from) => !TryConnect(side, socket, from), asksAboutAddresses: true);

    // Asked about every packet that does not come from where the stream goes, on the socket's thread.
    private static bool TryConnect((RelaySession Session, PairSeat Seat, UdxStream Stream) side, UdxSocket socket, UdpAddress from)
    {
        var own = side.Session.Raw;
        if (own.Socket != socket) return false;
        if (own.Remote != from) return side.Stream.IsConnected && AddressScope.SameHost(own.Remote, from);
        if (!side.Stream.IsConnected) side.Stream.Connect(socket, side.Seat.StreamId, from);
        // The client moved, and its own connection followed it.
        else return side.Stream.ChangeRemote(socket, side.Seat.StreamId, from);
        return true;
    }

    private bool Admit(int bytes)
    {
        var now = _meter.Now;
        Volatile.Write(ref _lastUsed, now.Microseconds);
        if (!_meter.TryPass(bytes, _bucket, now)) return false;
        _ = Interlocked.Add(ref _bytes, bytes);
        return true;
    }
}
