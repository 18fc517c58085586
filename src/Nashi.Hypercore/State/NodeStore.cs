using Nashi.Encoding;
using Nashi.Hypercore.Merkle;
using Nashi.Storage;

namespace Nashi.Hypercore.State;

/// <summary>The stored tree nodes of a core, with the latest ones kept in memory. Thread-safe.</summary>
internal sealed class NodeStore(CoreStorage storage) : INodeSource
{
    private const int Slots = 1024;

    private readonly TreeNode[] _slots = new TreeNode[Slots];
    private readonly Lock _gate = new();
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
            if (version == _version) _slots[SlotOf(index)] = node;
        }

        return true;
    }

    /// <summary>Remembers nodes that were just stored.</summary>
    public void Add(List<TreeNode> nodes)
    {
        lock (_gate)
        {
            foreach (var node in nodes) _slots[SlotOf(node.Index)] = node;
        }
    }

    /// <summary>Forgets everything: stored nodes were removed.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            _version++;
            Array.Clear(_slots);
        }
    }

    // Spread by multiplication, so that neither leaves nor parents crowd into few slots.
    private static int SlotOf(ulong index) => (int)((index * 0x9E3779B97F4A7C15UL) >> 54);
}
