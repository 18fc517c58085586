using System.Runtime.CompilerServices;
using Nashi.Hyperbee.Tree;

namespace Nashi.Hyperbee;

/// <summary>Many writes to a tree that become visible, and durable, together.</summary>
/// <remarks>
/// Reads see the batch's own writes. From the first write until <see cref="FlushAsync"/> or disposal no one else can write to the tree. Used by one
/// caller at a time. After a flush the batch may be used again.
/// </remarks>
public sealed class BeeBatch : IAsyncDisposable
{
    private readonly Hyperbee _bee;
    private readonly bool _keepVersions;
    private readonly Dictionary<ulong, PendingBlock> _pending = [];
    private readonly List<PendingBlock> _order = [];
    private TreeReader _reader;
    private TreeEditor? _editor;
    private TreeNode? _root;
    private ulong _base;
    private bool _locked;
    private bool _broken;

    // Whether all changed nodes are numbered: a write that was called off leaves some that only the next one writes.
    private bool _isClean;

    internal BeeBatch(Hyperbee bee, bool keepVersions)
    {
        _bee = bee;
        _keepVersions = keepVersions;
        _reader = NewReader();
    }

    /// <summary>How many blocks wait to be appended.</summary>
    public int Count => _order.Count;

    /// <summary>The version the tree will have after the flush.</summary>
    public ulong Version => _locked ? Math.Max(1, _base + (ulong)_order.Count) : _bee.Version;

    /// <summary>Sets a key; <see langword="false"/> when <paramref name="compare"/> called it off or nothing would change.</summary>
    public async ValueTask<bool> PutAsync(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte>? value, BeeCompare? compare = null, CancellationToken cancellationToken = default)
    {
        await LockAsync(cancellationToken).ConfigureAwait(false);
        var entry = new BeeEntry(NextSeq, OwnKey(key), value);
        return Add(await EditedAsync(_editor!.PutAsync(_root, entry, Shown(compare), cancellationToken)).ConfigureAwait(false), entry);
    }

    /// <inheritdoc cref="PutAsync(ReadOnlyMemory{byte}, ReadOnlyMemory{byte}?, BeeCompare?, CancellationToken)"/>
    public ValueTask<bool> PutAsync(ReadOnlyMemory<byte> key, byte[]? value, BeeCompare? compare = null, CancellationToken cancellationToken = default)
        => PutAsync(key, value is null ? default(ReadOnlyMemory<byte>?) : value, compare, cancellationToken);

    /// <summary>Sets a key to a text, both as UTF-8.</summary>
    public ValueTask<bool> PutAsync(string key, string? value, BeeCompare? compare = null, CancellationToken cancellationToken = default)
        => PutAsync(Utf8.Bytes(key), value is null ? null : Utf8.Bytes(value), compare, cancellationToken);

    /// <summary>Removes a key; <see langword="false"/> when it is not there or <paramref name="compare"/> called it off.</summary>
    public async ValueTask<bool> DeleteAsync(ReadOnlyMemory<byte> key, BeeCompare? compare = null, CancellationToken cancellationToken = default)
    {
        await LockAsync(cancellationToken).ConfigureAwait(false);
        if (_root is null) return false;
        var entry = new BeeEntry(NextSeq, _bee.Prefixed(key), null);
        return Add(await EditedAsync(_editor!.DeleteAsync(_root, entry, Shown(compare), cancellationToken)).ConfigureAwait(false), entry);
    }

    /// <inheritdoc cref="DeleteAsync(ReadOnlyMemory{byte}, BeeCompare?, CancellationToken)"/>
    public ValueTask<bool> DeleteAsync(string key, BeeCompare? compare = null, CancellationToken cancellationToken = default)
        => DeleteAsync(Utf8.Bytes(key), compare, cancellationToken);

    /// <summary>Reads one key, with the batch's own writes.</summary>
    public async ValueTask<BeeEntry?> GetAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken = default)
    {
        var reader = _locked ? _reader : _bee.Reader();
        if (await ViewAsync(reader, cancellationToken).ConfigureAwait(false) is not { } root) return null;
        var block = await Hyperbee.FindAsync(reader, root, _bee.Prefixed(key), cancellationToken).ConfigureAwait(false);
        return block is null ? null : _bee.Entry(block);
    }

    /// <inheritdoc cref="GetAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public ValueTask<BeeEntry?> GetAsync(string key, CancellationToken cancellationToken = default)
        => GetAsync(Utf8.Bytes(key), cancellationToken);

    /// <summary>Reads a range of keys in order, with the batch's own writes. Do not write while it runs.</summary>
    public async IAsyncEnumerable<BeeEntry> RangeAsync(BeeRange? range = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        range ??= BeeRange.All;
        var reader = _locked ? _reader : _bee.Reader();
        if (range.Limit <= 0 || await ViewAsync(reader, cancellationToken).ConfigureAwait(false) is not { } root) yield break;
        var keys = new RangeReader(reader, KeyBounds.Of(range, _bee.Prefix), range.Reverse);
        await keys.SeekAsync(root, cancellationToken).ConfigureAwait(false);
        for (var left = range.Limit; left > 0; left--)
        {
            var block = await keys.NextAsync(cancellationToken).ConfigureAwait(false);
            if (block is null) yield break;
            yield return _bee.Entry(block);
        }
    }

    /// <summary>Appends all writes as one unit and lets others write again.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        if (!_locked) return;
        try
        {
            if (_broken) throw HyperbeeException.Broken();
            if (_order.Count > 0) await AppendAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Unlock();
        }
    }

    /// <summary>Drops what was not flushed.</summary>
    public ValueTask DisposeAsync()
    {
        Unlock();
        return ValueTask.CompletedTask;
    }

    // The nodes keep it for later batches, when the caller may have other uses for its memory.
    private ReadOnlyMemory<byte> OwnKey(ReadOnlyMemory<byte> key) => _bee.Prefix.IsEmpty ? key.ToArray() : _bee.Prefixed(key);

    private async ValueTask AppendAsync(CancellationToken cancellationToken)
    {
        var fork = _bee.Log.Fork;
        await _bee.Log.AppendAsync(Encode(), cancellationToken).ConfigureAwait(false);
        if (_isClean && _root is { } root) _bee.State.Tree.Keep(root, NextSeq, fork, _reader.Loaded + _editor!.Splits + 1);
    }

    private ulong NextSeq => _base + (ulong)_order.Count;

    private TreeReader NewReader() => new(_bee.Log, _bee.State.Cache, wait: true) { Pending = _pending };

    private async ValueTask LockAsync(CancellationToken cancellationToken)
    {
        if (_locked) return;
        if (!_bee.IsWritable) throw HyperbeeException.ReadOnly();
        await _bee.State.WriteLock.WaitAsync(cancellationToken).ConfigureAwait(false);
        _locked = true;
        try
        {
            if (_bee.Log.Length == 0) await WriteHeaderAsync(cancellationToken).ConfigureAwait(false);
            _base = _bee.Log.Length;
            _reader = NewReader();
            _editor = new TreeEditor(_reader, _bee.State.Options.AlwaysDuplicate);
            _root = _bee.State.Tree.Take(_base, _bee.Log.Fork);
            _isClean = true;
            if (_base >= 2 && _root is null) _root = TreeNode.From((await _reader.GetBlockAsync(_base - 1, cancellationToken).ConfigureAwait(false)).LevelAt(0));
        }
        catch
        {
            Unlock();
            throw;
        }
    }

    private ValueTask WriteHeaderAsync(CancellationToken cancellationToken)
        => _bee.Log.AppendAsync([new BeeHeader(BeeHeader.BeeProtocol, _bee.State.Options.Metadata).Encode()], cancellationToken);

    private async ValueTask<NodeView?> ViewAsync(TreeReader reader, CancellationToken cancellationToken)
    {
        if (!_locked) return await _bee.RootAsync(reader, cancellationToken).ConfigureAwait(false);
        return _root is null ? null : new NodeView(_root);
    }

    private BeeCompare? Shown(BeeCompare? compare)
        => compare is null || _bee.Prefix.IsEmpty ? compare : (previous, next) => compare(WithoutPrefix(previous), WithoutPrefix(next));

    private BeeEntry WithoutPrefix(BeeEntry entry) => entry with { Key = entry.Key[_bee.Prefix.Length..] };

    // An edit that stopped half way leaves nodes that must never be written.
    private async ValueTask<TreeNode?> EditedAsync(ValueTask<TreeNode?> edit)
    {
        _broken = true;
        var root = await edit.ConfigureAwait(false);
        _broken = false;
        return root;
    }

    private bool Add(TreeNode? root, BeeEntry entry)
    {
        _isClean = root is not null;
        if (root is null) return false;
        var index = new List<TreeLink?>();
        root.Number(index, entry.Seq);
        index[0] = new TreeLink(entry.Seq, 0, root);
        var block = new PendingBlock(entry.Seq, entry.Key, entry.Value, index);
        _root = root;
        _pending.Add(entry.Seq, block);
        _order.Add(block);
        if (_keepVersions) block.Seal();
        return true;
    }

    private ReadOnlyMemory<byte>[] Encode()
    {
        if (_bee.Log.Length != _base) throw HyperbeeException.Moved();
        var blocks = new ReadOnlyMemory<byte>[_order.Count];
        for (var i = 0; i < blocks.Length; i++)
        {
            if (i < blocks.Length - 1 && !_keepVersions) _order[i].Compact();
            blocks[i] = _order[i].Encode();
        }

        return blocks;
    }

    private void Unlock()
    {
        if (!_locked) return;
        _locked = _broken = false;
        _root = null;
        _editor = null;
        _pending.Clear();
        _order.Clear();
        _bee.State.WriteLock.Release();
    }
}
