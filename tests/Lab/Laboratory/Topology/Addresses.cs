using System.Buffers.Binary;
using System.Net;

namespace Nashi.Laboratory.Topology;

internal static class Addresses
{
    public static uint ToNumber(this IPAddress address) => BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());
}
