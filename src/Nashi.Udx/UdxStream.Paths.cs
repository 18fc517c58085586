using Nashi.Datagrams;
using Nashi.Udx.Protocol;

namespace Nashi.Udx;

/// <content>Moving to a better path while bytes flow.</content>
public sealed partial class UdxStream
{
    /// <summary>Raised, on a socket's thread and inside the stream, when it goes on by another path. Must return at once.</summary>
    public event Action? PathChanged;

    /// <summary>
    /// Tries another path and moves to it once it has proved to carry packets in both directions; until then everything goes by both. Not a byte is lost either
    /// way. At most one move at a time.
    /// </summary>
    /// <returns>
    /// Completes with true when the stream lives on the new path and nobody needs the old one any more, with false when it stays where it was: because the new
    /// path proved nothing within ten seconds, the stream is over, or another move is under way.
    /// </returns>
    public Task<bool> TryMoveAsync(UdxSocket socket, uint remoteId, UdpAddress remote)
    {
        ArgumentNullException.ThrowIfNull(socket);
        lock (_gate)
        {
            var now = _host.Now();
            if (_move is not null || !_core.TryMove(remoteId, !remote.IsIPv4, now)) return Task.FromResult(false);
            _other = new StreamPath(socket, remoteId, remote);
            _move = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            (_swaps, _isOnNewPath, _hasProvedNewPath) = (_core.Swaps, false, false);
            var move = _move.Task;
            Pump(now);
            return move;
        }
    }

    /// <summary>The path that a move leaves is gone: the new one has to do. Without a move under way nothing happens.</summary>
    public void LoseOldPath()
    {
        lock (_gate)
        {
            if (_move is null) return;
            _core.LoseOldPath(_host.Now());
            FollowCore();
            Pump(_host.Now());
        }
    }

    private PathSide SideOf(UdxSocket socket, UdpAddress from)
    {
        if (_path is { } path && path.Is(socket, from)) return PathSide.Current;
        return _other is { } other && other.Is(socket, from) ? PathSide.Other : PathSide.None;
    }

    // A remote behind a translator may change its address; on our own socket that alone is no reason to ask, unless a better path is looked for.
    private bool IsStrange(UdxSocket socket, UdpAddress from)
    {
        if (_path?.Socket == socket && !_asksAboutAddresses) return false;
        return SideOf(socket, from) == PathSide.None;
    }

    // Under the gate: what the core decided about its paths, done with ours.
    private void FollowCore()
    {
        if (_move is null) return;
        while (_swaps != _core.Swaps) SwapPaths();
        if (_core.Phase == MovePhase.Settled) EndMove(_isOnNewPath);
    }

    private void SwapPaths()
    {
        _swaps++;
        _isOnNewPath = !_isOnNewPath;
        _hasProvedNewPath = true;
        (_path, _other) = (_other, _path);
        // The other socket's thread keeps the time from now on.
        ScheduledAt = long.MaxValue;
        PathChanged?.Invoke();
    }

    private void EndMove(bool moved)
    {
        if (_move is not { } move) return;
        if (moved && _other?.RemoteId != _path?.RemoteId) _left = _other;
        (_move, _other) = (null, null);
        move.SetResult(moved);
    }
}
