using Nashi.Encoding;

namespace Nashi.Lan.Tests;

/// <summary>Keys and topics by number.</summary>
internal static class Keys
{
    public static PublicKey Key(int number) => new(Bytes(number, 1));

    public static LanTarget Peer(int number) => LanTarget.Of(Key(number));

    public static LanTarget Topic(int number) => LanTarget.Of(new Topic(Bytes(number, 2)));

    private static Bytes32 Bytes(int number, byte kind)
    {
        var bytes = new byte[32];
        BitConverter.TryWriteBytes(bytes, number);
        bytes[31] = kind;
        return new Bytes32(bytes);
    }
}
