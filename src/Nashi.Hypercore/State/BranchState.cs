using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Nashi.Encoding;
using Nashi.Hypercore.Encryption;
using Nashi.Hypercore.Merkle;
using Nashi.Storage;
using Nashi.Storage.Kv;

namespace Nashi.Hypercore.State;

/// <summary>Unsigned changes on top of a core: a named branch, or what an atom holds of a core or of a branch.</summary>
/// <remarks>
/// Writers take the gate and write at once; readers take no lock. Inside an atom nothing is loaded before the first change: until then, and again after the atom
/// was written, the tree is that of <see cref="Parent"/>. Invariant: what the tree covers from <see cref="SharedLength"/> on is stored under the branch's own
/// data pointer, what lies below it under those it depends on.
/// </remarks>
internal sealed partial class BranchState : ISessionState
{
    private readonly CoreState _core;
    private MerkleBatch? _work;
    private readonly NodeStore _nodes;
    private volatile TreeTip? _tree;

    private BranchState(CoreState core, CoreStorage storage, string? name, ISessionState? parent)
    {
        (_core, Storage, Name, Parent) = (core, storage, name, parent);
        _nodes = new NodeStore(storage);
    }

    /// <summary>Held while something is written.</summary>
    public Lock Gate { get; } = new();

    public string? Name { get; }

    public CoreState Core => _core;

    /// <summary>What an atom's changes go to; null for a named branch.</summary>
    public ISessionState? Parent { get; }

    public CoreStorage Storage { get; }

    public TreeTip Tree => _tree ?? Parent!.Tree;

    public INodeSource Nodes => _tree is null ? Parent!.Nodes : _nodes;

    public Bytes32 TreeHash => Tree.Hash;

    public ulong SharedLength => Parent switch
    {
        null => Math.Min(Storage.InheritedLength, _core.Tree.Length),
        CoreState core => Math.Min(IntactLength, core.Tree.Length),
        _ => Math.Min(Storage.InheritedLength, _core.Tree.Length),
    };

    public ulong ContiguousLength
    {
        get
        {
            var shared = Parent is CoreState ? IntactLength : Storage.InheritedLength;
            var contiguous = _core.ContiguousLength;
            return contiguous < shared ? contiguous : Tree.Length;
        }
    }

    /// <summary>Inside an atom: below this, all is as it is outside.</summary>
    private ulong IntactLength => _tree is null ? Parent!.Tree.Length : _intactLength;

    /// <summary>Opens a branch, or makes it at the length of <paramref name="source"/>.</summary>
    public static BranchState OpenNamed(CoreState core, ISessionState source, CoreSessionOptions options)
    {
        var name = options.Name!;
        var at = source.Tree;
        if (options.Checkout is { } checkout && checkout < (core.Manifest?.Prologue?.Length ?? 0)) throw new ArgumentOutOfRangeException(nameof(options), $"Core {core.Key} begins with {core.Manifest!.Prologue!.Value.Length} blocks that its key vouches for: a branch can not be cut there.");
        var storage = options.Overwrite ? null : source.Storage.TryOpenSession(name);
        if (storage is null)
        {
            var length = options.Checkout ?? at.Length;
            ArgumentOutOfRangeException.ThrowIfGreaterThan(length, at.Length, nameof(options));
            var start = length == at.Length ? at : TipAt(core, source.Nodes, at.Fork, length);
            storage = source.Storage.CreateSession(name, new CoreHead(start.Fork, start.Length, start.Hash, null));
            return new BranchState(core, storage, name, null) { _tree = start };
        }

        var branch = new BranchState(core, storage, name, null);
        branch.Load();
        return branch;
    }

    /// <summary>Cuts it on its fork; not synced.</summary>
    public void CutNow(ulong newLength)
    {
        var cut = Truncate(new CoreTruncateOptions { Length = newLength, Fork = Tree.Fork }, Durability.Buffered);
        Debug.Assert(cut.IsCompletedSuccessfully, "Buffered cuts are done when this returns, or throw.");
    }

    /// <summary>The changes that an atom holds of a core or branch: none yet.</summary>
    public static BranchState OpenInAtom(CoreState core, ISessionState parent, CoreAtom atom, StorageAtom records) =>
        new(core, parent.Storage.In(records), parent.Name, parent) { _atom = atom };

    public bool Has(ulong index)
    {
        if (index >= Tree.Length) return false;
        if (_tree is null) return Parent!.Has(index);
        return Parent is null && Storage.Dependencies is [{ } only] && index < only.Length ? _core.Has(index) : Storage.HasBlock(index);
    }

    public bool TryRead(ulong index, IBlockEncryption? encryption, out byte[]? block)
    {
        while (true)
        {
            block = null;
            var links = Storage.Dependencies;
            if (index >= Tree.Length) return false;
            var found = BlockReader.TryRead(_core, Storage, index, encryption, out block);
            // When the core is cut, a branch takes its blocks elsewhere.
            if (!ReferenceEquals(links, Storage.Dependencies)) continue;
            if (found || Parent is not null) return found;
            lock (Gate) return BlockReader.TryRead(_core, Storage, index, encryption, out block);
        }
    }

    public ValueTask<ulong> AppendAsync(ReadOnlyMemory<byte> block, SessionSettings settings) => AppendAsync([block], CoreAppendOptions.Default, settings);

    public ValueTask<ulong> AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> blocks, SessionSettings settings) => AppendAsync(blocks, CoreAppendOptions.Default, settings);

    public ValueTask<ulong> AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> blocks, CoreAppendOptions options, SessionSettings settings)
    {
        foreach (var block in blocks) CoreState.RequireSize(block.Length);
        ValueTask storing = default;
        ulong start, end;
        lock (Gate)
        {
            Touch();
            start = Tree.Length;
            if (!options.Allows(Tree, (ulong)blocks.Count) || blocks.Count == 0) return new(start);
            if (Parent is CoreState core) core.ThrowIfNotAppendable(options);
            storing = Append(blocks, options, settings);
            end = Tree.Length;
        }

        _core.Raise(this, new CoreChange(CoreChangeKind.Appended, start, end - start, end, Tree.Fork));
        return FinishAsync(storing, end);
    }

    public ValueTask TruncateAsync(CoreTruncateOptions options, Durability durability) => Truncate(options, durability);

    public ValueTask ClearAsync(ulong start, ulong end, Durability durability)
    {
        lock (Gate)
        {
            Touch();
            end = Math.Min(end, Tree.Length);
            start = Math.Max(start, Parent is CoreState ? IntactLength : Storage.InheritedLength);
            if (start >= end) return default;
            var batch = Storage.CreateBatch();
            batch.DeleteBlocks(start, end);
            return Storage.CommitAsync(batch, durability);
        }
    }

    public ValueTask WriteAsync(Action<CoreWriteBatch> change, Durability durability)
    {
        lock (Gate)
        {
            var batch = Storage.CreateBatch();
            change(batch);
            return Storage.CommitAsync(batch, durability);
        }
    }

    /// <summary>The tree at a shorter length, of nodes that are here.</summary>
    internal static TreeTip TipAt(CoreState core, INodeSource nodes, ulong fork, ulong length)
    {
        var indexes = FlatTree.FullRoots(length);
        var roots = new TreeNode[indexes.Length];
        for (var i = 0; i < roots.Length; i++)
        {
            if (!nodes.TryGet(indexes[i], out roots[i])) throw CoreState.Damaged(core.Key, $"tree node {indexes[i]}, a root at length {length}, is not here");
        }

        return new TreeTip(fork, length, roots, null);
    }

    private static async ValueTask<ulong> FinishAsync(ValueTask storing, ulong length)
    {
        await storing.ConfigureAwait(false);
        return length;
    }

    private void Load()
    {
        var head = Storage.ReadHead();
        _tree = head is { Length: > 0 } known ? TipAt(_core, _nodes, known.Fork, known.Length) : new TreeTip(head?.Fork ?? 0, 0, [], null);
        if (head is { Length: > 0 } && _tree.Hash != head.Value.RootHash) throw CoreState.Damaged(_core.Key, $"the tree nodes of its branch '{Name}' do not hash to the head at length {head.Value.Length}");
    }

    private ValueTask Append(IReadOnlyList<ReadOnlyMemory<byte>> blocks, CoreAppendOptions options, SessionSettings settings)
    {
        var batch = Storage.CreateBatch();
        var work = _work ??= new MerkleBatch();
        work.Reset(Tree);
        foreach (var block in blocks) AppendWork.Add(work, batch, block.Span, settings.Encryption, _core.Tree.Fork);
        foreach (var node in work.Nodes) batch.PutTreeNode(node.Index, node.Size, node.Hash);
        var tree = work.ToTip(options.Signature?.ToArray());
        if (Parent is CoreState core) core.RequireSignable(work, options.Signature, options.KeyPair);
        SetHead(batch, tree);
        var storing = Storage.CommitAsync(batch, settings.Durability);
        _nodes.Add(work.Nodes);
        (_tree, _signer) = (tree, options.KeyPair);
        return storing;
    }

    [SuppressMessage("Reliability", "CA2012:Use ValueTasks correctly", Justification = "Returned once.")]
    private ValueTask Truncate(CoreTruncateOptions options, Durability durability)
    {
        ValueTask storing;
        ulong oldLength;
        var newLength = options.Length;
        lock (Gate)
        {
            Touch();
            oldLength = Tree.Length;
            ArgumentOutOfRangeException.ThrowIfGreaterThan(newLength, oldLength, nameof(options));
            _core.RequireBeyondPrologue(newLength);
            var next = options.Fork ?? Tree.Fork + 1;
            if (next < Tree.Fork || (Parent is CoreState && next == Tree.Fork)) throw new ArgumentOutOfRangeException(nameof(options), $"The new fork must be higher than {Tree.Fork}.");
            var tree = TipAt(_core, _nodes, next, newLength);
            if (options.Signature is { } signature) tree = new TreeTip(tree, signature.ToArray());
            if (Parent is CoreState) MoveBlocksToBranches(newLength);
            var batch = Storage.CreateBatch();
            CoreState.DeleteFrom(batch, newLength, oldLength);
            if (Storage.Dependencies.Count > 0 && newLength < Storage.InheritedLength) batch.SetInheritedLength(newLength);
            SetHead(batch, tree);
            storing = Storage.CommitAsync(batch, durability);
            _nodes.Reset();
            (_tree, _signer, _intactLength) = (tree, options.KeyPair, Math.Min(_intactLength, newLength));
        }

        _core.Raise(this, new CoreChange(CoreChangeKind.Truncated, newLength, oldLength - newLength, newLength, Tree.Fork));
        return storing;
    }

    private void SetHead(CoreWriteBatch batch, TreeTip tree) =>
        batch.SetHead(new CoreHead(tree.Fork, tree.Length, tree.Hash, tree.Signature, (ulong)_core.Clock.GetUtcNow().ToUnixTimeMilliseconds()));
}
