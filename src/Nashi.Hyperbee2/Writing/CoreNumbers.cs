using Nashi.Hyperbee2.Blocks;
using Nashi.Hyperbee2.Tree;

namespace Nashi.Hyperbee2.Writing;

/// <summary>The numbers that blocks of one core use for other cores: its list, to which a write may add.</summary>
internal sealed class CoreNumbers(BeeCore local, ulong checkpoint, CoreEntry[] listed)
{
    private readonly List<CoreEntry> _cores = [.. listed];

    /// <summary>The length of the log at the block that lists the cores.</summary>
    public ulong Checkpoint => checkpoint;

    public bool IsChanged => _cores.Count > listed.Length;

    public CoreEntry[] ToArray() => [.. _cores];

    public int Of(BeeCore core)
    {
        if (ReferenceEquals(core, local)) return 0;
        var index = _cores.FindIndex(entry => entry.Key == core.Key.Value);
        if (index >= 0) return index + 1;
        _cores.Add(new CoreEntry(core.Key.Value, 0, 0, null));
        return _cores.Count;
    }
}
