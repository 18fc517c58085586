using Nashi.Datagrams;
using Nashi.Udx.Protocol;

namespace Nashi.Udx;

/// <content>Follows a remote whose address changed, as when its router forgot the mapping.</content>
/// <remarks>
/// Three steps, none of which shows on the wire but for one heartbeat: data that is new comes from another address; the layer above finds it authentic
/// (<see cref="IPathProof"/>); the new address answers a heartbeat. Until then everything goes to the old address. Headers alone move nothing, and one
/// small packet per packet received is all that an unproven address can make us send.
/// </remarks>
public sealed partial class UdxStream : IPathProof
{
    private volatile Candidate? _candidate;
    private StreamPath? _left;

    /// <summary>How often the stream followed its remote to another address.</summary>
    public int Moves { get; private set; }

    /// <summary>Whether it follows its remote at all. False for a stream through a relay: whoever is elsewhere knows it by another id. Default true.</summary>
    public bool FollowsRemote { get; set; } = true;

    /// <inheritdoc />
    public void HandleAuthenticated(long bytes)
    {
        if (_candidate is not { IsProven: false }) return;
        lock (_gate)
        {
            if (_candidate is not { IsProven: false } candidate || bytes < candidate.Until) return;
            candidate.IsProven = true;
            ProbeCandidate(candidate);
        }
    }

    /// <summary>
    /// Speaks to a relay beside the path in use, because a relay passes nothing on to whoever has not spoken. What comes from there is taken, but is no sign that
    /// the remote moved there.
    /// </summary>
    public void CallFor(UdxSocket socket, uint remoteId, UdpAddress remote)
    {
        ArgumentNullException.ThrowIfNull(socket);
        Span<byte> packet = stackalloc byte[PacketHeader.Size];
        lock (_gate)
        {
            _left = new StreamPath(socket, remoteId, remote);
            if (_core.WriteHeartbeat(packet) == 0) return;
        }

        PacketHeader.RewriteStreamId(packet, remoteId);
        _ = socket.TrySend(packet, remote);
    }

    /// <summary>Speaks at once, because the path may have changed, and waits its whole patience anew.</summary>
    public void Probe()
    {
        lock (_gate)
        {
            var now = _host.Now();
            _core.Probe(now);
            Pump(now);
        }
    }

    // A move that has not proved the new path yet has enough to find out. Once it has, the remote may lose that path before the old one is let go.
    private bool MayFollow => _move is null ? FollowsRemote : _hasProvedNewPath;

    // Under the gate, after the core took a packet.
    private void NoteSource(UdxSocket socket, UdpAddress from, bool isNew, Instant now)
    {
        if (!MayFollow || _path is null || from.Port == 0 || _core.CloseReason is not null) return;
        // The relay it moved away from: what was on its way there is no sign that the remote is.
        if (_left is { } left && left.Is(socket, from)) return;
        var candidate = _candidate;
        if (candidate is null || candidate.Address != from || candidate.Socket != socket)
        {
            if (isNew) _candidate = new Candidate(socket, from) { Until = _core.Received };
        }
        else if (!candidate.IsProven)
        {
            // Not yet: what it brought first is still being read.
            return;
        }
        else if (candidate.WasProbed)
        {
            MoveTo(candidate, now);
        }
        else
        {
            ProbeCandidate(candidate);
        }
    }

    private void ProbeCandidate(Candidate candidate)
    {
        Span<byte> packet = stackalloc byte[PacketHeader.Size];
        if (_core.WriteHeartbeat(packet) == 0) return;
        // Back on the old path meanwhile, where the remote has another number.
        if (_move is not null && !_isOnNewPath) PacketHeader.RewriteStreamId(packet, _core.OtherId);
        candidate.WasProbed = candidate.Socket.TrySend(packet, candidate.Address);
    }

    private void MoveTo(Candidate candidate, Instant now)
    {
        _candidate = null;
        Moves++;
        // Nobody comes back to the old path of a move.
        if (_move is not null)
        {
            _core.LoseOldPath(now);
            FollowCore();
        }

        ChangeRemote(candidate.Socket, RemoteId, candidate.Address);
        _core.Probe(now);
    }

    private sealed class Candidate(UdxSocket socket, UdpAddress address)
    {
        public UdxSocket Socket { get; } = socket;

        public UdpAddress Address { get; } = address;

        /// <summary>How many bytes had been delivered with its first packet.</summary>
        public long Until { get; init; }

        public bool IsProven { get; set; }

        public bool WasProbed { get; set; }
    }
}
