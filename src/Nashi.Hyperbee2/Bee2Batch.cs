using Nashi.Hyperbee;
using Nashi.Hyperbee2.Blocks;
using Nashi.Hyperbee2.Tree;
using Nashi.Hyperbee2.Writing;

namespace Nashi.Hyperbee2;

/// <summary>Many writes to a tree that become visible, and durable, together.</summary>
/// <remarks>
/// Writes are collected, and done to the version that is the newest when <see cref="FlushAsync"/> runs (unless
/// <see cref="Bee2WriteOptions.Base"/> says which). Used by one caller at a time. After a flush the batch is empty and may be used again.
/// </remarks>
public sealed class Bee2Batch : IAsyncDisposable
{
    private readonly TreeSpace _space;
    private readonly Bee2WriteOptions _options;
    private readonly List<BatchWrite> _writes = [];
    private bool _clear;
    private bool _locked;

    internal Bee2Batch(TreeSpace space, Bee2WriteOptions options) => (_space, _options) = (space, options);

    /// <summary>How many writes wait for the flush.</summary>
    public int Count => _writes.Count;

    /// <summary>Sets a key.</summary>
    public void Put(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value) => _writes.Add(new BatchWrite(key.ToArray(), value.ToArray()));

    /// <summary>Sets a key to a text, both as UTF-8.</summary>
    public void Put(string key, string value) => Put(System.Text.Encoding.UTF8.GetBytes(key), System.Text.Encoding.UTF8.GetBytes(value));

    /// <summary>Removes a key.</summary>
    public void Delete(ReadOnlyMemory<byte> key) => _writes.Add(new BatchWrite(key.ToArray(), null));

    /// <inheritdoc cref="Delete(ReadOnlyMemory{byte})"/>
    public void Delete(string key) => Delete(System.Text.Encoding.UTF8.GetBytes(key));

    /// <summary>Removes every key, and drops the writes collected so far.</summary>
    public void Clear()
    {
        _writes.Clear();
        _clear = true;
    }

    /// <summary>Keeps others from writing to the tree until this batch is flushed or disposed.</summary>
    public async ValueTask LockAsync(CancellationToken cancellationToken = default)
    {
        if (_locked) return;
        if (!_space.Local.Log.IsWritable) throw Hyperbee2Exception.ReadOnly();
        await _space.WriteLock.WaitAsync(cancellationToken).ConfigureAwait(false);
        _locked = true;
    }

    /// <summary>Does all writes and appends them as one unit.</summary>
    /// <returns>How many of them changed anything.</returns>
    public async ValueTask<int> FlushAsync(CancellationToken cancellationToken = default)
    {
        await LockAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await WriteAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _writes.Clear();
            _clear = false;
            Unlock();
        }
    }

    /// <summary>Drops what was not flushed.</summary>
    public ValueTask DisposeAsync()
    {
        _writes.Clear();
        Unlock();
        return ValueTask.CompletedTask;
    }

    private async ValueTask<int> WriteAsync(CancellationToken cancellationToken)
    {
        var (local, length) = (_space.Local, _space.Local.Log.Length);
        var reader = new TreeReader(_space, wait: true);
        var (core, from) = await BaseAsync(cancellationToken).ConfigureAwait(false);
        var root = await reader.GetRootAsync(core, from, cancellationToken).ConfigureAwait(false);
        var fresh = root is null || _clear;
        if (_options.Format != Bee2Format.Version1) await CheckFormatAsync(reader, fresh, core, from, cancellationToken).ConfigureAwait(false);

        var editor = new TreeEditor(reader);
        if (fresh) editor.Start(_options.Format == Bee2Format.Compat ? CompatCodec.Degree : _space.Options.Degree);
        else editor.Start(new Place(core, from - 1, 0), root!);
        var applied = await ApplyAsync(editor, cancellationToken).ConfigureAwait(false);
        var header = _options.Format == Bee2Format.Compat && length == 0 ? new BeeHeader(BeeHeader.BeeProtocol, null).Encode() : null;
        var genesis = fresh && (length == 0 || (_clear && root is { Keys.Length: > 0 }));
        if (applied == 0 && (header is not null || !genesis)) return await AppendAsync(length, header, [], cancellationToken).ConfigureAwait(false);

        var numbers = await NumbersAsync(reader, local, length, cancellationToken).ConfigureAwait(false);
        var packer = new TreePacker(editor, local, numbers, _options);
        packer.Plan(_writes);
        var first = length + (header is null ? 0UL : 1);
        var blocks = packer.Encode(first, () => fresh ? null : new BlockPointer(numbers.Of(core), from - 1));
        await AppendAsync(length, header, blocks, cancellationToken).ConfigureAwait(false);
        var generation = _space.Nodes.Generation;
        foreach (var (at, node) in packer.Written()) _space.Nodes.Keep(at, node, generation);
        return applied;
    }

    private async ValueTask<(BeeCore Core, ulong Length)> BaseAsync(CancellationToken cancellationToken)
    {
        if (_options.Base is not { } head) return (_space.Local, _space.Local.Log.Length);
        return (await _space.OpenAsync(head.Key, cancellationToken).ConfigureAwait(false), head.Length);
    }

    private async ValueTask<int> ApplyAsync(TreeEditor editor, CancellationToken cancellationToken)
    {
        var applied = 0;
        foreach (var write in _writes)
        {
            write.IsApplied = write.Value is { } value
                ? await editor.PutAsync(write.Key, value, cancellationToken).ConfigureAwait(false)
                : await editor.DeleteAsync(write.Key, cancellationToken).ConfigureAwait(false);
            if (write.IsApplied) applied++;
        }

        return applied;
    }

    private static async ValueTask<CoreNumbers> NumbersAsync(TreeReader reader, BeeCore local, ulong length, CancellationToken cancellationToken)
    {
        if (length == 0 || (length == 1 && await reader.GetRootAsync(local, 1, cancellationToken).ConfigureAwait(false) is null)) return new CoreNumbers(local, 0, []);
        var last = await reader.GetBlockAsync(local, length - 1, cancellationToken).ConfigureAwait(false);
        return new CoreNumbers(local, last.Checkpoint, await reader.GetCoresAsync(local, length - 1, last, cancellationToken).ConfigureAwait(false));
    }

    // The older formats cannot tell all that the current one can.
    private async ValueTask CheckFormatAsync(TreeReader reader, bool fresh, BeeCore core, ulong from, CancellationToken cancellationToken)
    {
        if (_options.Format == Bee2Format.Version0)
        {
            var degree = fresh ? _space.Options.Degree : (await reader.GetBlockAsync(core, from - 1, cancellationToken).ConfigureAwait(false)).Degree;
            if (degree != TreeBlock.DefaultDegree) throw Hyperbee2Exception.WrongFormat("The first format has only trees of degree 128.");
            return;
        }

        var length = _space.Local.Log.Length;
        if (!ReferenceEquals(core, _space.Local)) throw Hyperbee2Exception.WrongFormat("A tree for the older Hyperbee cannot go on from another core.");
        if (length < 2 && fresh) return;
        var last = await reader.GetBlockAsync(core, length - 1, cancellationToken).ConfigureAwait(false);
        if (last.Type != BlockType.Compat) throw Hyperbee2Exception.WrongFormat("The log holds blocks that the older Hyperbee cannot read.");
    }

    private async ValueTask<int> AppendAsync(ulong length, byte[]? header, byte[][] blocks, CancellationToken cancellationToken)
    {
        var log = _space.Local.Log;
        var all = new List<ReadOnlyMemory<byte>>(blocks.Length + 1);
        if (header is not null) all.Add(header);
        foreach (var block in blocks) all.Add(block);
        if (all.Count == 0) return 0;
        if (log.Length != length) throw Hyperbee2Exception.Moved();
        await log.AppendAsync(all, cancellationToken).ConfigureAwait(false);
        return 0;
    }

    private void Unlock()
    {
        if (!_locked) return;
        _locked = false;
        _space.WriteLock.Release();
    }
}
