using System.Buffers.Binary;
using Nashi.Encoding;

namespace Nashi.Autobase.Tests.Graph;

/// <summary>Chance that a seed decides.</summary>
internal sealed class Dice(ulong seed)
{
    private readonly SeededRandom _random = new(seed);

    public int Below(int end) => (int)(_random.NextUInt64() % (ulong)end);

    public int Between(int first, int last) => first + Below(last - first + 1);

    public bool OneIn(int chances) => Below(chances) == 0;

    public CoreKey Key()
    {
        var bytes = new byte[32];
        for (var i = 0; i < bytes.Length; i += 8) BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i), _random.NextUInt64());
        return new(bytes);
    }
}
