using System.Buffers.Binary;

namespace Nashi.TcpRelay.Protocol;

/// <summary>The bodies of frames about one channel: its number (2), and behind "opened" the port (2).</summary>
internal static class ChannelFrame
{
    /// <summary>Reads "open" and "close".</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, out ushort channel) => BinaryPrimitives.TryReadUInt16BigEndian(body, out channel);

    /// <summary>Reads "opened".</summary>
    public static bool TryReadOpened(ReadOnlySpan<byte> body, out ushort channel, out int port)
    {
        channel = 0;
        port = 0;
        if (body.Length < 4) return false;
        channel = BinaryPrimitives.ReadUInt16BigEndian(body);
        port = BinaryPrimitives.ReadUInt16BigEndian(body[2..]);
        return true;
    }

    /// <summary>Makes "open" and "close".</summary>
    public static byte[] Make(ushort channel) => [(byte)(channel >> 8), (byte)channel];

    /// <summary>Makes "opened".</summary>
    public static byte[] MakeOpened(ushort channel, int port) => [(byte)(channel >> 8), (byte)channel, (byte)(port >> 8), (byte)port];
}
