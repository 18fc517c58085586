using Nashi.Encoding;
using Nashi.Hypercore.Merkle;
using Nashi.Storage;

namespace Nashi.Hypercore.State;

/// <summary>The stored tree nodes of a core, with the latest ones kept in memory. Thread-safe.</summary>
internal sealed class NodeStore(CoreStorage storage) : INodeSource
{
    // Thousands of cores may be open: each starts small.
    private const int FewestBits = 4;
    private const int MostBits = 10;

    private readonly Lock _gate = new();
    private TreeNode[] _slots = new TreeNode[1 << FewestBits];
    private int _bits = FewestBits;
    private int _used;
    private int _version;

    public bool TryGet(ulong index, out TreeNode node)
    {
        int version;
        lock (_gate)
        {
            node = _slots[SlotOf(index)];
            if (node.Index == index && node.Hash != default) return true;
            version = _version;
        }

        if (!storage.TryReadTreeNode(index, out var size, out var hash)) return false;
        node = new TreeNode(index, size, hash);
        lock (_gate)
        {
            // What was read before a truncation must not be remembered after it.
            if (version == _version) Put(node);
        }

        return true;
    }

    /// <summary>Remembers nodes that were just stored.</summary>
    public void Add(List<TreeNode> nodes)
    {
        lock (_gate)
        {
            foreach (var node in nodes) Put(node);
        }
    }

    /// <summary>Forgets everything: stored nodes were removed.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            _version++;
            Array.Clear(_slots);
            _used = 0;
        }
    }

    private void Put(in TreeNode node)
    {
        if (_bits < MostBits && _used > _slots.Length / 2) Grow();
        ref var slot = ref _slots[SlotOf(node.Index)];
        if (slot.Hash == default) _used++;
        slot = node;
    }

    private void Grow()
    {
        var before = _slots;
        _bits += 2;
        (_slots, _used) = (new TreeNode[1 << _bits], 0);
        foreach (var node in before)
        {
            if (node.Hash == default) continue;
            _slots[SlotOf(node.Index)] = node;
            _used++;
        }
    }

    // Spread by multiplication, so that neither leaves nor parents crowd into few slots.
    private int SlotOf(ulong index) => (int)((index * 0x9E3779B97F4A7C15UL) >> (64 - _bits));
}
