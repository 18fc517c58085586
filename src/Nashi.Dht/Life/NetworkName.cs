using Nashi.Cryptography;
using Nashi.Datagrams;

namespace Nashi.Dht.Life;

/// <summary>Names a network by where one enters it: two networks have different entrances.</summary>
internal static class NetworkName
{
    private const int Bytes = 8;

    /// <summary>The name, sixteen hexadecimal digits; the order does not matter.</summary>
    public static string Of(IEnumerable<UdpAddress> addresses, IEnumerable<string> names)
    {
        var entrances = addresses.Select(address => address.ToString()).Concat(names).Order(StringComparer.Ordinal);
        var hash = Blake2b.Hash(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', entrances)));
        return Convert.ToHexStringLower(hash.AsSpan()[..Bytes]);
    }
}
