using System.Runtime.InteropServices;
using SharpFuzz.Common;

namespace Nashi.Fuzz.Guided;

/// <summary>Which branches of instrumented code an input took, and how often, by orders of two.</summary>
internal sealed unsafe class CoverageMap
{
    private const int Size = 1 << 16;

    private readonly byte* _hits;
    private readonly byte[] _seen = new byte[Size];

    /// <summary>Makes it the one that instrumented code writes to. Before any of it runs.</summary>
    public CoverageMap()
    {
        _hits = (byte*)NativeMemory.AllocZeroed(Size);
        Trace.SharedMem = _hits;
    }

    /// <summary>How many branches have been seen.</summary>
    public int Branches => _seen.Count(level => level != 0);

    /// <summary>Begins a new input.</summary>
    public void Reset()
    {
        new Span<byte>(_hits, Size).Clear();
        Trace.PrevLocation = 0;
    }

    /// <summary>What this input did that none before did; nothing when it is as others.</summary>
    public List<(int At, byte Level)> Absorb()
    {
        List<(int, byte)> fresh = [];
        foreach (var (at, level) in Features())
        {
            if ((_seen[at] & level) != 0) continue;
            _seen[at] |= level;
            fresh.Add((at, level));
        }

        return fresh;
    }

    /// <summary>Whether this input did all of that, too.</summary>
    public bool HasAll(IEnumerable<(int At, byte Level)> features) => features.All(feature => Level(_hits[feature.At]) == feature.Level);

    /// <summary>All that this input did.</summary>
    public List<(int At, byte Level)> Features()
    {
        List<(int, byte)> features = [];
        var words = new ReadOnlySpan<ulong>(_hits, Size / 8);
        for (var word = 0; word < words.Length; word++)
        {
            if (words[word] == 0) continue;
            for (var at = word * 8; at < (word * 8) + 8; at++)
            {
                if (_hits[at] != 0) features.Add((at, Level(_hits[at])));
            }
        }

        return features;
    }

    private static byte Level(byte hits) => hits switch
    {
        0 => 0,
        1 => 1,
        2 => 2,
        3 => 4,
        < 8 => 8,
        < 16 => 16,
        < 32 => 32,
        < 128 => 64,
        _ => 128,
    };
}
