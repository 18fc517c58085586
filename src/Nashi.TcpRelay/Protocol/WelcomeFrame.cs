using System.Buffers.Binary;

namespace Nashi.TcpRelay.Protocol;

/// <summary>The body of the relay's first frame: version (1), ports that the client may open (2), flags (1; bit 0: private addresses are reached too).</summary>
/// <param name="Version">The protocol's version.</param>
/// <param name="MaxChannels">How many ports the client may have open.</param>
/// <param name="ReachesPrivate">Whether datagrams to private networks are carried.</param>
internal readonly record struct WelcomeFrame(byte Version, int MaxChannels, bool ReachesPrivate)
{
    private const int Size = 4;

    /// <summary>Reads one. More bytes than are known belong to a later version and are ignored.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, out WelcomeFrame welcome)
    {
        welcome = default;
        if (body.Length < Size) return false;
        welcome = new WelcomeFrame(body[0], BinaryPrimitives.ReadUInt16BigEndian(body[1..]), (body[3] & 1) != 0);
        return true;
    }

    /// <summary>Writes it.</summary>
    public byte[] ToBytes() => [Version, (byte)(MaxChannels >> 8), (byte)MaxChannels, (byte)(ReachesPrivate ? 1 : 0)];
}
