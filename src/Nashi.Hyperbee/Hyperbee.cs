using System.Diagnostics;
using System.Runtime.CompilerServices;
using Nashi.Hyperbee.Tree;
using Nashi.Hypercore;

namespace Nashi.Hyperbee;

/// <summary>A sorted key/value store on an append-only log, byte for byte the reference's Hyperbee 2.</summary>
/// <remarks>
/// Every block holds one key with the nodes its write changed, so each length of the log is a version that can be read as it was. This object is a
/// cheap view: the newest version, a fixed one (<see cref="Checkout"/>), or a part of the keys (<see cref="Sub(string)"/>). Views of one tree share
/// its cache and its write lock, and may be used from many threads. Keys are bytes; the text overloads use UTF-8.
/// </remarks>
[DebuggerDisplay("version {Version}")]
public sealed partial class Hyperbee
{
    private readonly BeeState _state;
    private readonly ReadOnlyMemory<byte> _prefix;
    private readonly ulong? _checkout;
    private readonly bool _wait;

    /// <summary>A tree on a core. Who owns the core disposes it.</summary>
    public Hyperbee(Core core, HyperbeeOptions? options = null)
        : this(new CoreBlockLog(core), options)
    {
    }

    /// <summary>A tree on any log.</summary>
    public Hyperbee(IBlockLog log, HyperbeeOptions? options = null)
        : this(new BeeState(log, options ?? HyperbeeOptions.Default), default, null, (options ?? HyperbeeOptions.Default).Wait)
    {
    }

    private Hyperbee(BeeState state, ReadOnlyMemory<byte> prefix, ulong? checkout, bool wait)
        => (_state, _prefix, _checkout, _wait) = (state, prefix, checkout, wait);

    /// <summary>The log that holds the tree.</summary>
    public IBlockLog Log => _state.Log;

    /// <summary>The length of the log at which this view reads; at least 1, which is the empty tree.</summary>
    public ulong Version => Math.Max(1, _checkout ?? _state.Log.Length);

    /// <summary>Whether this view may be written.</summary>
    public bool IsWritable => _checkout is null && !_state.Options.ReadOnly && _state.Log.IsWritable;

    /// <summary>The bytes before each key of this view; empty for the whole tree.</summary>
    public ReadOnlyMemory<byte> Prefix => _prefix;

    internal BeeState State => _state;

    internal bool IsCheckout => _checkout is not null;

    /// <summary>The tree as it was at a length of the log. Read-only.</summary>
    public Hyperbee Checkout(ulong version) => new(_state, _prefix, Math.Max(1, version), _wait);

    /// <summary>The tree as it is now, whatever is written later. Read-only.</summary>
    public Hyperbee Snapshot() => Checkout(Version);

    /// <summary>The keys under a prefix, followed by a zero byte, as a tree of its own.</summary>
    public Hyperbee Sub(string name) => Sub(Utf8.Bytes(name));

    /// <summary>The keys under a prefix, followed by a separator (default: one zero byte), as a tree of its own.</summary>
    public Hyperbee Sub(ReadOnlySpan<byte> name, ReadOnlySpan<byte> separator = default)
        => new(_state, (byte[])[.. _prefix.Span, .. name, .. separator.IsEmpty ? [0] : separator], _checkout, _wait);

    /// <summary>The same view, reading only what is on this machine: a missing block fails at once with <c>BLOCK_NOT_AVAILABLE</c>.</summary>
    public Hyperbee WithoutWaiting() => new(_state, _prefix, _checkout, wait: false);

    /// <summary>Reads one key; <see langword="null"/> when the tree does not have it.</summary>
    public async ValueTask<BeeEntry?> GetAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken = default)
    {
        var block = await FindAsync(Prefixed(key), cancellationToken).ConfigureAwait(false);
        return block is null ? null : Entry(block);
    }

    /// <inheritdoc cref="GetAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public ValueTask<BeeEntry?> GetAsync(string key, CancellationToken cancellationToken = default)
        => GetAsync(Utf8.Bytes(key), cancellationToken);

    /// <summary>Reads the key that a block of the log wrote, whether or not it is still in the tree.</summary>
    public async ValueTask<BeeEntry> GetBySeqAsync(ulong seq, CancellationToken cancellationToken = default)
        => Entry(await Reader().GetBlockAsync(seq, cancellationToken).ConfigureAwait(false));

    /// <summary>Reads a range of keys in order.</summary>
    public async IAsyncEnumerable<BeeEntry> RangeAsync(BeeRange? range = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        range ??= BeeRange.All;
        var reader = Reader();
        var (version, bounds) = (Version, KeyBounds.Of(range, _prefix));
        if (range.Limit <= 0 || version < 2) yield break;
        var isFar = !reader.IsHere(version - 1);
        if (isFar) reader.HintRange(version, bounds, RangeAhead.FirstStretch(range.Limit), range.Reverse);
        var root = await reader.GetNodeAsync(new NodeAddress(version - 1, 0, null), cancellationToken).ConfigureAwait(false);
        using var ahead = new RangeAhead(reader, root, bounds, range.Reverse, version, range.Limit, isHinted: isFar);
        var keys = new RangeReader(reader, bounds, range.Reverse, ahead);
        await keys.SeekAsync(root, cancellationToken).ConfigureAwait(false);
        for (var left = range.Limit; left > 0; left--)
        {
            var block = await keys.NextAsync(cancellationToken).ConfigureAwait(false);
            if (block is null) yield break;
            yield return Entry(block);
        }
    }

    /// <summary>The first entry of a range.</summary>
    public async ValueTask<BeeEntry?> PeekAsync(BeeRange? range = null, CancellationToken cancellationToken = default)
    {
        await foreach (var entry in RangeAsync((range ?? BeeRange.All) with { Limit = 1 }, cancellationToken).ConfigureAwait(false)) return entry;
        return null;
    }

    /// <summary>Reads what was written, block by block. Reads all keys of the log, not only those of a sub-database.</summary>
    public async IAsyncEnumerable<BeeChange> HistoryAsync(BeeHistoryRange? range = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        range ??= BeeHistoryRange.All;
        var reader = Reader();
        var (from, to) = (Math.Max(1, range.From), Math.Min(range.To ?? Version, Version));
        for (var (i, left) = (from, range.Limit); i < to && left > 0; i++, left--)
        {
            var block = await reader.GetBlockAsync(range.Reverse ? to - 1 - (i - from) : i, cancellationToken).ConfigureAwait(false);
            yield return new BeeChange(block.IsDeletion ? BeeChangeKind.Delete : BeeChangeKind.Put, new BeeEntry(block.Seq, block.Key, block.Value));
        }
    }

    /// <summary>The keys on which this version and another differ, in order, reading only what the two do not share.</summary>
    public IAsyncEnumerable<BeeDifference> DiffAsync(ulong otherVersion, BeeRange? range = null, CancellationToken cancellationToken = default)
        => DiffAsync(Checkout(otherVersion), range, cancellationToken);

    /// <inheritdoc cref="DiffAsync(ulong, BeeRange?, CancellationToken)"/>
    public async IAsyncEnumerable<BeeDifference> DiffAsync(Hyperbee other, BeeRange? range = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        range ??= BeeRange.All;
        var bounds = KeyBounds.Of(range, _prefix);
        var diff = new DiffReader(
            await CursorAsync(bounds, cancellationToken).ConfigureAwait(false),
            await other.CursorAsync(bounds, cancellationToken).ConfigureAwait(false));
        for (var left = range.Limit; left > 0; left--)
        {
            if (await diff.NextAsync(cancellationToken).ConfigureAwait(false) is not { } found) yield break;
            yield return new BeeDifference(found.Left is { } a ? Entry(a) : null, found.Right is { } b ? Entry(b) : null);
        }
    }

    /// <summary>Reads the first block; <see langword="null"/> when the log is empty (or the block is not here and this view does not wait).</summary>
    public async ValueTask<BeeHeader?> GetHeaderAsync(CancellationToken cancellationToken = default)
    {
        if (!_state.Log.TryGet(0, out var block)) block = await _state.Log.GetAsync(0, _wait, cancellationToken).ConfigureAwait(false);
        if (block is null) return null;
        return BeeHeader.TryDecode(block, out var header) ? header : throw HyperbeeException.Malformed(0, "it is no header");
    }

    /// <summary>Whether a log holds a tree of this kind.</summary>
    public static async ValueTask<bool> IsHyperbeeAsync(IBlockLog log, CancellationToken cancellationToken = default)
    {
        var block = await log.GetAsync(0, wait: true, cancellationToken).ConfigureAwait(false) ?? throw HyperbeeException.Missing(0);
        return BeeHeader.TryDecode(block, out var header) && string.Equals(header.Protocol, BeeHeader.BeeProtocol, StringComparison.Ordinal);
    }

    internal TreeReader Reader() => new(_state.Log, _state.Cache, _wait);

    internal ReadOnlyMemory<byte> Prefixed(ReadOnlyMemory<byte> key) => _prefix.IsEmpty ? key : (byte[])[.. _prefix.Span, .. key.Span];

    internal BeeEntry Entry(BeeBlock block) => new(block.Seq, block.Key[Math.Min(_prefix.Length, block.Key.Length)..], block.Value);

    internal async ValueTask<NodeView?> RootAsync(TreeReader reader, CancellationToken cancellationToken)
    {
        var version = Version;
        return version < 2 ? null : await reader.GetNodeAsync(new NodeAddress(version - 1, 0, null), cancellationToken).ConfigureAwait(false);
    }

    internal static ValueTask<BeeBlock?> FindAsync(TreeReader reader, NodeView node, ReadOnlyMemory<byte> key, CancellationToken cancellationToken)
    {
        for (var depth = 0; depth <= TreeReader.MaxDepth; depth++)
        {
            if (reader.TrySearch(node, key.Span, out var index, out var found, out var isComplete)) return ValueTask.FromResult<BeeBlock?>(found);
            if (isComplete && node.IsLeaf) return default;
            if (!isComplete || !reader.TryGetNode(node.ChildAt(index), out var child)) return FindFarAsync(reader, node, key, cancellationToken);
            node = child;
        }

        throw HyperbeeException.Malformed(0, "the tree is too deep");
    }

    // Goes on where something is not here.
    private static async ValueTask<BeeBlock?> FindFarAsync(TreeReader reader, NodeView node, ReadOnlyMemory<byte> key, CancellationToken cancellationToken)
    {
        for (var depth = 0; depth <= TreeReader.MaxDepth; depth++)
        {
            reader.Prefetch(node); // all keys and children of a node cost one round trip; the search alone would take several
            var (index, found) = await reader.SearchAsync(node, key, cancellationToken).ConfigureAwait(false);
            if (found) return await reader.GetBlockAsync(node.KeySeq(index), cancellationToken).ConfigureAwait(false);
            if (node.IsLeaf) return null;
            node = await reader.GetNodeAsync(node.ChildAt(index), cancellationToken).ConfigureAwait(false);
        }

        throw HyperbeeException.Malformed(0, "the tree is too deep");
    }

    private async ValueTask<BeeBlock?> FindAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken)
    {
        var reader = Reader();
        var version = Version;
        if (version < 2) return null;
        if (!reader.TryGetNode(new NodeAddress(version - 1, 0, null), out var root))
        {
            reader.HintKey(version, key.Span);
            root = await reader.GetNodeAsync(new NodeAddress(version - 1, 0, null), cancellationToken).ConfigureAwait(false);
            return await FindFarAsync(reader, root, key, cancellationToken).ConfigureAwait(false);
        }

        var search = FindAsync(reader, root, key, cancellationToken);
        if (!search.IsCompleted) reader.HintKey(version, key.Span);
        return await search.ConfigureAwait(false);
    }

    private async ValueTask<TreeCursor> CursorAsync(KeyBounds bounds, CancellationToken cancellationToken)
    {
        var cursor = new TreeCursor(Reader(), bounds);
        if (Version >= 2) await cursor.EnterAsync(new NodeAddress(Version - 1, 0, null), cancellationToken).ConfigureAwait(false);
        return cursor;
    }
}
