using System.Buffers.Binary;

namespace Nashi.TcpRelay.Protocol;

/// <summary>One frame: length (2 bytes) of what follows, kind (1 byte), body. All numbers big-endian. Layout: docs/relay-over-tcp.md.</summary>
internal readonly ref struct Frame(FrameKind kind, ReadOnlySpan<byte> body)
{
    /// <summary>Bytes before the body.</summary>
    public const int HeaderSize = 3;

    /// <summary>The largest body: a datagram of the largest size from an IPv6 address.</summary>
    public const int BodyMax = DatagramFrame.HeaderMax + DatagramFrame.PayloadMax;

    /// <summary>What it says; any number.</summary>
    public FrameKind Kind { get; } = kind;

    /// <summary>The rest.</summary>
    public ReadOnlySpan<byte> Body { get; } = body;

    /// <summary>Takes the first frame off.</summary>
    /// <param name="bytes">Bytes as they came; without the frame afterwards.</param>
    /// <param name="frame">The frame, if it is all there.</param>
    /// <param name="isBroken">Whether the length is one that nobody may send.</param>
    public static bool TryTake(ref ReadOnlySpan<byte> bytes, out Frame frame, out bool isBroken)
    {
        frame = default;
        isBroken = false;
        if (bytes.Length < 2) return false;
        var length = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        isBroken = length is 0 or > BodyMax + 1;
        if (isBroken || bytes.Length < 2 + length) return false;
        frame = new Frame((FrameKind)bytes[2], bytes[HeaderSize..(2 + length)]);
        bytes = bytes[(2 + length)..];
        return true;
    }

    /// <summary>Writes the part before the body.</summary>
    public static void WriteHeader(Span<byte> destination, FrameKind kind, int bodyLength)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)(bodyLength + 1));
        destination[2] = (byte)kind;
    }
}
