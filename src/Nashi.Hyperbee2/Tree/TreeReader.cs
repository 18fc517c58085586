using System.Diagnostics.CodeAnalysis;
using Nashi.Encoding;
using Nashi.Hyperbee;
using Nashi.Hyperbee2.Blocks;

namespace Nashi.Hyperbee2.Tree;

/// <summary>Loads blocks, nodes and values of one read. Every pointer it follows was written by a stranger.</summary>
internal sealed class TreeReader(TreeSpace space, bool wait)
{
    /// <summary>No honest tree is deeper: with two children per node this holds more keys than a log has blocks.</summary>
    public const int MaxDepth = 64;

    private readonly int _generation = space.Blocks.Generation;

    public TreeSpace Space => space;

    public async ValueTask<TreeNode?> GetRootAsync(BeeCore core, ulong length, CancellationToken cancellationToken)
    {
        if (length == 0 || (length == 1 && await IsHeaderAsync(core, cancellationToken).ConfigureAwait(false))) return null;
        var block = await GetBlockAsync(core, length - 1, cancellationToken).ConfigureAwait(false);
        if (block.BatchEnd != 0) throw Hyperbee2Exception.Malformed(core, length - 1, "it is in the middle of a write, so no version ends with it");
        return await GetNodeAsync(new Place(core, length - 1, 0), isRoot: true, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<TreeNode> GetNodeAsync(Place at, bool isRoot, CancellationToken cancellationToken)
        => space.Nodes.TryFind(at, out var node) && (isRoot || node.Keys.Length > 0)
            ? ValueTask.FromResult(node)
            : LoadNodeAsync(at, isRoot, cancellationToken);

    /// <summary>A child, whose keys must lie between those beside it.</summary>
    public async ValueTask<TreeNode> GetChildAsync(TreeNode parent, int index, CancellationToken cancellationToken)
    {
        var at = parent.Children[index].At;
        var child = await GetNodeAsync(at, isRoot: false, cancellationToken).ConfigureAwait(false);
        var outside = (index > 0 && child.Keys[0].Key.Span.SequenceCompareTo(parent.Keys[index - 1].Key.Span) <= 0)
            || (index < parent.Keys.Length && child.Keys[^1].Key.Span.SequenceCompareTo(parent.Keys[index].Key.Span) >= 0);
        return outside ? throw Hyperbee2Exception.Malformed(at.Core, at.Seq, "keys of a node are out of order") : child;
    }

    public ValueTask<TreeBlock> GetBlockAsync(BeeCore core, ulong seq, CancellationToken cancellationToken)
        => TryGetBlock(core, seq, out var block) ? ValueTask.FromResult(block) : LoadBlockAsync(core, seq, cancellationToken);

    public async ValueTask<ReadOnlyMemory<byte>?> GetValueAsync(KeyEntry key, CancellationToken cancellationToken)
    {
        if (key.Value is not null || key.Location is not { } location) return key.Value;
        var (core, seq, _) = key.At;
        if (location.Split != 0) throw Hyperbee2Exception.Malformed(core, seq, "its value is in several blocks, which no version of the reference writes or reads");
        var home = await GetBlockAsync(core, seq, cancellationToken).ConfigureAwait(false);
        var at = await PlaceAsync(core, seq, home, new TreePointer(location.Core, location.Seq, location.Offset), cancellationToken).ConfigureAwait(false);
        var block = await GetBlockAsync(at.Core, at.Seq, cancellationToken).ConfigureAwait(false);
        return At(block.Values, at, "a value");
    }

    public async ValueTask<Bee2Entry> GetEntryAsync(KeyEntry key, CancellationToken cancellationToken)
    {
        var value = await GetValueAsync(key, cancellationToken).ConfigureAwait(false);
        return new Bee2Entry(key.At.Core.Key, key.At.Seq, key.At.Offset, key.Key, value);
    }

    /// <summary>The core that a block means with a number.</summary>
    public async ValueTask<BeeCore> ResolveAsync(BeeCore core, ulong seq, TreeBlock block, int number, CancellationToken cancellationToken)
    {
        if (number == 0) return core;
        var cores = await GetCoresAsync(core, seq, block, cancellationToken).ConfigureAwait(false);
        if (number > cores.Length) throw Hyperbee2Exception.Malformed(core, seq, "it points into a core that is not listed");
        return await space.OpenAsync(new CoreKey(cores[number - 1].Key), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The cores that a block's numbers stand for.</summary>
    public async ValueTask<CoreEntry[]> GetCoresAsync(BeeCore core, ulong seq, TreeBlock block, CancellationToken cancellationToken)
    {
        if (block.Checkpoint == 0) return [];
        CheckNotAhead(core, seq, block, block.Checkpoint - 1);
        var checkpoint = await GetBlockAsync(core, block.Checkpoint - 1, cancellationToken).ConfigureAwait(false);
        return checkpoint.Cores ?? [];
    }

    /// <summary>Asks peers for the blocks of some nodes, before they are needed one by one.</summary>
    public void Prefetch(ReadOnlySpan<ChildLink> children)
    {
        if (!wait) return;
        foreach (var child in children)
        {
            var (core, seq, _) = child.At;
            if (!space.Blocks.TryFind((core, seq), out _) && !core.Log.TryGet(seq, out _)) core.Log.Prefetch([seq]);
        }
    }

    internal async ValueTask<Place> PlaceAsync(BeeCore core, ulong seq, TreeBlock block, TreePointer pointer, CancellationToken cancellationToken)
    {
        if (pointer.Core == 0)
        {
            CheckNotAhead(core, seq, block, pointer.Seq);
            return new Place(core, pointer.Seq, pointer.Offset);
        }

        var other = await ResolveAsync(core, seq, block, pointer.Core, cancellationToken).ConfigureAwait(false);
        return new Place(other, pointer.Seq, pointer.Offset);
    }

    internal static T At<T>(T[]? items, Place at, string what)
        => items is not null && at.Offset < items.Length ? items[at.Offset] : throw Hyperbee2Exception.Malformed(at.Core, at.Seq, what + " that others point at is not in it");

    internal bool TryGetBlock(BeeCore core, ulong seq, [NotNullWhen(true)] out TreeBlock? block)
    {
        if (space.Blocks.TryFind((core, seq), out block)) return true;
        if (!core.Log.TryGet(seq, out var bytes)) return false;
        block = Decode(core, seq, bytes);
        return true;
    }

    internal void Want(BeeCore core, ulong seq)
    {
        if (wait && !TryGetBlock(core, seq, out _)) core.Log.Prefetch([seq]);
    }

    // A block can point at any block of its own write, but never further: who asks for such a block may wait for ever.
    private static void CheckNotAhead(BeeCore core, ulong seq, TreeBlock block, ulong target)
    {
        if (target > seq && target - seq > block.BatchEnd) throw Hyperbee2Exception.Malformed(core, seq, "it points at a later write");
    }

    // A log of the older Hyperbee begins with a header, which is no node: with nothing else the tree is empty.
    private async ValueTask<bool> IsHeaderAsync(BeeCore core, CancellationToken cancellationToken)
    {
        if (space.Blocks.TryFind((core, 0), out _)) return false;
        var bytes = await core.Log.GetAsync(0, wait, cancellationToken).ConfigureAwait(false) ?? throw Hyperbee2Exception.Missing(core, 0);
        return bytes is [(byte)BlockType.Compat, ..] && BeeHeader.TryDecode(bytes, out var header) && string.Equals(header.Protocol, BeeHeader.BeeProtocol, StringComparison.Ordinal);
    }

    private async ValueTask<TreeNode> LoadNodeAsync(Place at, bool isRoot, CancellationToken cancellationToken)
    {
        var node = await NodeLoader.LoadAsync(this, at, isRoot, cancellationToken).ConfigureAwait(false);
        space.Nodes.Keep(at, node, _generation);
        return node;
    }

    private async ValueTask<TreeBlock> LoadBlockAsync(BeeCore core, ulong seq, CancellationToken cancellationToken)
    {
        var bytes = await core.Log.GetAsync(seq, wait, cancellationToken).ConfigureAwait(false);
        return Decode(core, seq, bytes ?? throw (IsTruncated ? Hyperbee2Exception.Truncated() : Hyperbee2Exception.Missing(core, seq)));
    }

    private bool IsTruncated => space.Blocks.Generation != _generation;

    private TreeBlock Decode(BeeCore core, ulong seq, byte[] bytes)
    {
        if (IsTruncated) throw Hyperbee2Exception.Truncated();
        if (!TreeBlockCodec.TryDecode(seq, bytes, out var block)) throw Hyperbee2Exception.Malformed(core, seq, "it cannot be decoded");
        space.Blocks.Keep((core, seq), block, _generation);
        return block;
    }
}
