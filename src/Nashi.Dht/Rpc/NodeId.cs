using System.Buffers.Binary;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Dht.Rpc;

/// <summary>Where in the key space a node lives: the hash of its address, so that nobody chooses its place freely. Source: network.md §2.2.</summary>
internal static class NodeId
{
    /// <summary>The id of the node at an IPv4 address.</summary>
    public static Bytes32 Of(UdpAddress address)
    {
        Span<byte> bytes = stackalloc byte[6];
        address.WriteBytes(bytes[..4]);
        bytes[4] = (byte)address.Port;
        bytes[5] = (byte)(address.Port >> 8);
        return Blake2b.Hash(bytes);
    }

    /// <summary>How many leading bits two ids share: 0 to 256.</summary>
    public static int SharedBits(in Bytes32 a, in Bytes32 b)
    {
        var left = a.AsSpan();
        var right = b.AsSpan();
        for (var i = 0; i < Bytes32.Size; i += sizeof(ulong))
        {
            var difference = BinaryPrimitives.ReadUInt64BigEndian(left[i..]) ^ BinaryPrimitives.ReadUInt64BigEndian(right[i..]);
            if (difference != 0) return (8 * i) + System.Numerics.BitOperations.LeadingZeroCount(difference);
        }

        return 8 * Bytes32.Size;
    }

    /// <summary>Compares two ids by their XOR distance to <paramref name="target"/>; negative when <paramref name="a"/> is nearer.</summary>
    public static int CompareDistance(in Bytes32 target, in Bytes32 a, in Bytes32 b)
    {
        var middle = target.AsSpan();
        var left = a.AsSpan();
        var right = b.AsSpan();
        for (var i = 0; i < Bytes32.Size; i += sizeof(ulong))
        {
            var at = BinaryPrimitives.ReadUInt64BigEndian(middle[i..]);
            var order = (BinaryPrimitives.ReadUInt64BigEndian(left[i..]) ^ at).CompareTo(BinaryPrimitives.ReadUInt64BigEndian(right[i..]) ^ at);
            if (order != 0) return order;
        }

        return 0;
    }

    /// <summary>The leading bits of the XOR distance: what a sort among honest ids needs.</summary>
    public static ulong DistancePrefix(in Bytes32 target, in Bytes32 id) =>
        BinaryPrimitives.ReadUInt64BigEndian(target.AsSpan()) ^ BinaryPrimitives.ReadUInt64BigEndian(id.AsSpan());

    /// <summary>A point drawn at random among those that share at least so many leading bits with an id.</summary>
    public static Bytes32 RandomNear(in Bytes32 id, int sharedBits, IRandom random)
    {
        Span<byte> point = stackalloc byte[Bytes32.Size];
        random.Fill(point);
        var whole = Math.Min(sharedBits / 8, Bytes32.Size);
        id.AsSpan()[..whole].CopyTo(point);
        if (whole == Bytes32.Size) return new Bytes32(point);
        var mask = (byte)(0xff00 >> (sharedBits % 8));
        point[whole] = (byte)((id.AsSpan()[whole] & mask) | (point[whole] & ~mask));
        return new Bytes32(point);
    }

    /// <summary>How much of the key space lies nearer to <paramref name="target"/> than <paramref name="id"/> does: 0 to 1.</summary>
    public static double Distance(in Bytes32 target, in Bytes32 id) =>
        DistancePrefix(target, id) * Math.Pow(2, -64);
}
