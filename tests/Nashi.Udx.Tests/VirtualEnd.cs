using Nashi.Udx.Protocol;

namespace Nashi.Udx.Tests;

/// <summary>One end of a <see cref="VirtualLink"/>: writes random pieces, reads at its own pace, ends its side.</summary>
internal sealed class VirtualEnd : IUdxSink
{
    private readonly VirtualLink _link;
    private readonly List<byte> _received = [];
    private readonly byte[] _packet = new byte[1500];
    private readonly int _pieceMax;
    private int _written;
    private int _unread;

    public VirtualEnd(VirtualLink link, UdxStreamOptions options, int size, IRandom dice)
    {
        _link = link;
        Core = new UdxCore(options, this);
        ToSend = new byte[size];
        dice.Fill(ToSend);
        _pieceMax = 1 + dice.Next(20_000);
    }

    public UdxCore Core { get; }

    public VirtualEnd Peer { get; set; } = null!;

    public byte[] ToSend { get; }

    public byte[] Received => [.. _received];

    public bool GotEnd { get; private set; }

    public bool IsClosed => Core.CloseReason is not null;

    public void OnData(ReadOnlySpan<byte> bytes)
    {
        if (GotEnd) throw new InvalidOperationException("Data after the end.");
        _received.AddRange(bytes);
        _unread += bytes.Length;
    }

    public void OnEnd() => GotEnd = true;

    public void OnMessage(ReadOnlySpan<byte> message)
    {
    }

    public void HandleTimer()
    {
        if (Core.NextTimeout is { } due && due <= _link.Now) Core.HandleTimeout(_link.Now);
        Pump();
    }

    public void Pump()
    {
        if (_unread > 0)
        {
            Core.HandleRead(_unread);
            _unread = 0;
        }

        do
        {
            Write();
            int length;
            while ((length = Core.PollTransmit(_packet, _link.Now)) > 0) _link.Send(Peer, _packet.AsSpan(0, length));
        }
        while (Core.Queued == 0 && _written < ToSend.Length && !IsClosed);
        Core.CheckZeroWindow(_link.Now);
    }

    public override string ToString() => $"wrote {_written}, got {_received.Count}, ended {Core.IsEnded}, {Core.CloseReason?.Kind}, {Core.GetStats()}";

    private void Write()
    {
        while (_written < ToSend.Length)
        {
            var taken = Core.Write(ToSend.AsSpan(_written, Math.Min(_pieceMax, ToSend.Length - _written)));
            if (taken == 0) return;
            _written += taken;
        }

        Core.End();
    }
}
