using System.Buffers.Binary;

namespace Nashi;

/// <summary>A source of random bytes, injected so that a simulation replays from its seed.</summary>
/// <remarks>Use <see cref="SystemRandom"/> in production: keys, nonces and tokens come from here.</remarks>
public interface IRandom
{
    /// <summary>Fills <paramref name="destination"/> with random bytes.</summary>
    void Fill(Span<byte> destination);

    /// <summary>A uniformly random 32-bit number.</summary>
    uint NextUInt32()
    {
        Span<byte> bytes = stackalloc byte[4];
        Fill(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    /// <summary>A uniformly random 64-bit number.</summary>
    ulong NextUInt64()
    {
        Span<byte> bytes = stackalloc byte[8];
        Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>A random number from zero up to, not including, <paramref name="exclusiveMax"/>, which must be positive.</summary>
    int Next(int exclusiveMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusiveMax);
        return (int)(((ulong)NextUInt32() * (uint)exclusiveMax) >> 32);
    }

    /// <summary>A random number in [0, 1).</summary>
    double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));
}
