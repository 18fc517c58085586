using Nashi.Udx.Protocol;

namespace Nashi.Udx.Tests;

/// <summary>One end of a <see cref="MoveWorld"/>: writes and reads all the time, and moves from the relay's path to the direct one.</summary>
internal sealed class MoveEnd : IUdxSink
{
    private readonly MoveWorld _world;
    private readonly bool _isFirst;
    private readonly byte[] _toSend;
    private readonly byte[] _packet = new byte[1500];
    private readonly List<byte> _received = [];
    private int _unread;
    private int _written;
    private int _swaps;

    public MoveEnd(MoveWorld world, bool isFirst, byte[] toSend)
    {
        (_world, _isFirst, _toSend) = (world, isFirst, toSend);
        Core = new UdxCore(new UdxStreamOptions { SendBuffer = 64 << 10 }, this);
        Core.Connect(1, isIPv6: false);
    }

    public UdxCore Core { get; }

    public MoveEnd Peer { get; set; } = null!;

    public ReadOnlySpan<byte> Sent => _toSend;

    public byte[] Received => [.. _received];

    public bool IsMoving { get; private set; }

    public bool HasMoved { get; private set; }

    /// <summary>Whether it once lived on the direct path, whatever became of it.</summary>
    public bool WasDirect { get; private set; }

    private PathName Lives { get; set; } = PathName.Relay;

    private PathName? Other { get; set; }

    public void StartMove()
    {
        if (IsMoving || HasMoved || !Core.TryMove(2, isIPv6: false, _world.Now)) return;
        (IsMoving, Other) = (true, PathName.Direct);
        Pump();
    }

    public void LoseRelay()
    {
        Core.LoseOldPath(_world.Now);
        Follow();
        Pump();
    }

    public void Handle(byte[] packet, PathName? path)
    {
        // The server's side of an upgrade: the first direct packet starts it.
        if (path == PathName.Direct && !_isFirst) StartMove();
        Core.HandlePacket(packet, _world.Now, path is null ? PathSide.None : path == Lives ? PathSide.Current : path == Other ? PathSide.Other : PathSide.None);
        Follow();
        Pump();
    }

    public void HandleTimer()
    {
        if (Core.NextTimeout is { } due && due <= _world.Now) Core.HandleTimeout(_world.Now);
        Follow();
        Pump();
    }

    public void Pump()
    {
        Core.HandleRead(_unread);
        _unread = 0;
        while (_written < _toSend.Length && Core.Write(_toSend.AsSpan(_written, Math.Min(1 + _world.Dice.Next(3000), _toSend.Length - _written))) is > 0 and var taken) _written += taken;
        if (_written == _toSend.Length && _world.MayEnd) Core.End();
        int length;
        while ((length = Core.PollTransmit(_packet, _world.Now)) > 0)
        {
            var packet = _packet.AsSpan(0, length);
            if ((Core.Route & PathSide.Current) != PathSide.None) _world.Send(Peer, packet, Lives);
            if ((Core.Route & PathSide.Other) != PathSide.None && Other is { } other) _world.Send(Peer, packet, other);
        }

        Core.CheckZeroWindow(_world.Now);
    }

    public void OnData(ReadOnlySpan<byte> bytes)
    {
        _received.AddRange(bytes);
        _unread += bytes.Length;
    }

    public void OnEnd()
    {
    }

    public void OnMessage(ReadOnlySpan<byte> message)
    {
    }

    public override string ToString() => $"wrote {_written}, got {_received.Count}, lives on {Lives}, {Core.Phase}, {Core.CloseReason?.Kind}, {Core.GetStats()}";

    private void Follow()
    {
        while (_swaps != Core.Swaps)
        {
            _swaps++;
            (Lives, Other) = (Other!.Value, Lives);
            WasDirect |= Lives == PathName.Direct;
        }

        if (!IsMoving || Core.Phase != MovePhase.Settled) return;
        (IsMoving, Other) = (false, null);
        HasMoved = Lives == PathName.Direct;
        if (HasMoved) _world.CloseRelay();
    }
}
