using System.Buffers.Binary;

namespace Nashi;

/// <summary>A reproducible random source for simulations and tests (SplitMix64). Never for keys. Not thread-safe.</summary>
/// <param name="seed">The same seed gives the same bytes on every machine.</param>
public sealed class SeededRandom(ulong seed) : IRandom
{
    private ulong _state = seed;

    /// <inheritdoc />
    public void Fill(Span<byte> destination)
    {
        while (destination.Length >= 8)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(destination, NextUInt64());
            destination = destination[8..];
        }

        if (destination.IsEmpty) return;
        Span<byte> last = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(last, NextUInt64());
        last[..destination.Length].CopyTo(destination);
    }

    /// <inheritdoc />
    public uint NextUInt32() => (uint)(NextUInt64() >> 32);

    /// <inheritdoc />
    public ulong NextUInt64()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
