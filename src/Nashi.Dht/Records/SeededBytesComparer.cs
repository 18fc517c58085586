using System.Runtime.InteropServices;
using Nashi.Encoding;

namespace Nashi.Dht.Records;

/// <summary>Hashes 32-byte keys that strangers choose under a secret, so that nobody can make them collide.</summary>
internal sealed class SeededBytesComparer(IRandom random) : IEqualityComparer<Bytes32>
{
    private readonly ulong _a = random.NextUInt64() | 1;
    private readonly ulong _b = random.NextUInt64() | 1;
    private readonly ulong _c = random.NextUInt64();

    /// <inheritdoc />
    public bool Equals(Bytes32 x, Bytes32 y) => x == y;

    /// <inheritdoc />
    public int GetHashCode(Bytes32 obj)
    {
        var hash = _c;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(obj.AsSpan()))
        {
            var high = Math.BigMul(hash ^ word ^ _a, _b, out ulong low);
            hash = high ^ low;
        }

        return (int)(hash ^ (hash >> 32));
    }
}
