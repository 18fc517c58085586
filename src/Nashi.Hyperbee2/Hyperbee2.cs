using System.Diagnostics;
using System.Runtime.CompilerServices;
using Nashi.Encoding;
using Nashi.Hyperbee;
using Nashi.Hyperbee2.Tree;
using Nashi.Hypercore;
using KeyBounds = Nashi.Hyperbee.Tree.KeyBounds;

namespace Nashi.Hyperbee2;

/// <summary>A sorted key/value store that may span several append-only logs, byte for byte the reference's Hyperbee2.</summary>
/// <remarks>
/// A write appends to the tree's own core, but may go on from a version in any other. This object is a cheap view: the newest version of its own
/// core, or a fixed one of any core (<see cref="Checkout(Bee2Head)"/>). Views of one tree share its cache and its write lock, and may be used from many threads.
/// Dispose the first one; it closes the cores that it opened.
/// </remarks>
[DebuggerDisplay("{Head}")]
public sealed partial class Hyperbee2 : IAsyncDisposable
{
    private readonly TreeSpace _space;
    private readonly Bee2Head? _head;
    private readonly bool _wait;
    private readonly OpenedCores? _owned;

    /// <summary>A tree on any log.</summary>
    /// <param name="key">The key of the log.</param>
    /// <param name="log">The tree's own log, to which writes are appended.</param>
    /// <param name="open">Opens logs of other cores; without it, a tree that goes on in another core fails with <c>CORE_NOT_AVAILABLE</c>.</param>
    /// <param name="options">How it behaves.</param>
    public Hyperbee2(CoreKey key, IBlockLog log, OpenLog? open = null, Bee2Options? options = null)
        : this(new TreeSpace(new BeeCore(key, log), open, Valid(options)), null, (options ?? Bee2Options.Default).Wait, null)
    {
    }

    private Hyperbee2(TreeSpace space, Bee2Head? head, bool wait, OpenedCores? owned)
        => (_space, _head, _wait, _owned) = (space, head, wait, owned);

    /// <summary>Opens the tree of a store: that of a name (default: <c>bee</c>, as the reference).</summary>
    public static async ValueTask<Hyperbee2> OpenAsync(Corestore store, string name = "bee", Bee2Options? options = null, CancellationToken cancellationToken = default)
        => Open(store, await store.GetAsync(name, null, cancellationToken).ConfigureAwait(false), options);

    /// <summary>Opens the tree that a core of a store holds.</summary>
    public static async ValueTask<Hyperbee2> OpenAsync(Corestore store, CoreKey key, Bee2Options? options = null, CancellationToken cancellationToken = default)
        => Open(store, await store.GetAsync(key, null, cancellationToken).ConfigureAwait(false), options);

    /// <summary>The key of the tree's own core.</summary>
    public CoreKey Key => _space.Local.Key;

    /// <summary>The tree's own log.</summary>
    public IBlockLog Log => _space.Local.Log;

    /// <summary>The version that this view reads.</summary>
    public Bee2Head Head => _head ?? new Bee2Head(Key, Log.Length);

    /// <summary>Whether this view may be written.</summary>
    public bool IsWritable => _head is null && Log.IsWritable;

    /// <summary>The tree at a version, of this core or another. Read-only; to write on from it, see <see cref="Bee2WriteOptions.Base"/>.</summary>
    public Hyperbee2 Checkout(Bee2Head head) => new(_space, head, _wait, null);

    /// <summary>The tree at a length of its own core. Read-only.</summary>
    public Hyperbee2 Checkout(ulong length) => Checkout(new Bee2Head(Key, length));

    /// <summary>The tree as it is now, whatever is written later. Read-only.</summary>
    public Hyperbee2 Snapshot() => Checkout(Head);

    /// <summary>The same view, reading only what is on this machine: a missing block fails at once with <c>BLOCK_NOT_AVAILABLE</c>.</summary>
    public Hyperbee2 WithoutWaiting() => new(_space, _head, wait: false, null);

    /// <summary>Reads one key; <see langword="null"/> when the tree does not have it.</summary>
    public async ValueTask<Bee2Entry?> GetAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken = default)
    {
        var reader = Reader();
        var node = await RootAsync(reader, cancellationToken).ConfigureAwait(false);
        for (var depth = 0; node is not null; depth++)
        {
            var (index, found) = node.Search(key.Span);
            if (found) return await reader.GetEntryAsync(node.Keys[index], cancellationToken).ConfigureAwait(false);
            if (node.IsLeaf) return null;
            if (depth == TreeReader.MaxDepth) throw Hyperbee2Exception.Malformed(_space.Local, 0, "the tree is too deep");
            node = await reader.GetChildAsync(node, index, cancellationToken).ConfigureAwait(false);
        }

        return null;
    }

    /// <inheritdoc cref="GetAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public ValueTask<Bee2Entry?> GetAsync(string key, CancellationToken cancellationToken = default)
        => GetAsync(System.Text.Encoding.UTF8.GetBytes(key), cancellationToken);

    /// <summary>Reads a range of keys in order.</summary>
    public async IAsyncEnumerable<Bee2Entry> RangeAsync(BeeRange? range = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        range ??= BeeRange.All;
        var reader = Reader();
        if (range.Limit <= 0 || await RootAsync(reader, cancellationToken).ConfigureAwait(false) is not { } root) yield break;
        var keys = new RangeReader(reader, KeyBounds.Of(range, default), range.Reverse);
        await keys.SeekAsync(root, cancellationToken).ConfigureAwait(false);
        for (var left = range.Limit; left > 0; left--)
        {
            if (await keys.NextAsync(cancellationToken).ConfigureAwait(false) is not { } key) yield break;
            yield return await reader.GetEntryAsync(key, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The first entry of a range.</summary>
    public async ValueTask<Bee2Entry?> PeekAsync(BeeRange? range = null, CancellationToken cancellationToken = default)
    {
        await foreach (var entry in RangeAsync((range ?? BeeRange.All) with { Limit = 1 }, cancellationToken).ConfigureAwait(false)) return entry;
        return null;
    }

    /// <summary>The keys on which this version and another differ, in order, reading only what the two do not share.</summary>
    /// <param name="other">Another view of this tree.</param>
    /// <param name="range">Which keys to look at.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<Bee2Difference> DiffAsync(Hyperbee2 other, BeeRange? range = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (!ReferenceEquals(other._space, _space)) throw new ArgumentException("The other view is not of the same tree. Use Checkout of this one.", nameof(other));
        range ??= BeeRange.All;
        var bounds = KeyBounds.Of(range, default);
        var left = await CursorAsync(bounds, cancellationToken).ConfigureAwait(false);
        var right = await other.CursorAsync(bounds, cancellationToken).ConfigureAwait(false);
        var diff = new DiffReader(left, right);
        for (var rest = range.Limit; rest > 0; rest--)
        {
            if (await diff.NextAsync(cancellationToken).ConfigureAwait(false) is not { } found) yield break;
            yield return new Bee2Difference(
                found.Left is { } a ? await left.Reader.GetEntryAsync(a, cancellationToken).ConfigureAwait(false) : null,
                found.Right is { } b ? await right.Reader.GetEntryAsync(b, cancellationToken).ConfigureAwait(false) : null);
        }
    }

    /// <summary>The writes that led to this version, newest first, through all cores.</summary>
    public async IAsyncEnumerable<Bee2Change> ChangesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var history = new HistoryReader(Reader());
        var (core, length) = await CoreAsync(cancellationToken).ConfigureAwait(false);
        while (length > 0)
        {
            if (await history.ReadAsync(core, length, cancellationToken).ConfigureAwait(false) is not var (change, before)) yield break;
            yield return change;
            if (before is null) yield break;
            (core, length) = (before, change.Previous!.Value.Length);
        }
    }

    /// <summary>The tree as it was some writes ago. Read-only; to write on from it, see <see cref="Bee2WriteOptions.Base"/>.</summary>
    public async ValueTask<Hyperbee2> UndoAsync(int writes, CancellationToken cancellationToken = default)
    {
        var head = Head;
        if (writes <= 0) return Checkout(head);
        await foreach (var change in ChangesAsync(cancellationToken).ConfigureAwait(false))
        {
            head = change.Previous ?? new Bee2Head(head.Key, 0);
            if (--writes == 0 || head.Length == 0) break;
        }

        return Checkout(head);
    }

    /// <summary>The cores that this version's core refers to, itself first.</summary>
    public async ValueTask<IReadOnlyList<CoreKey>> GetCoresAsync(CancellationToken cancellationToken = default)
    {
        var reader = Reader();
        var (core, length) = await CoreAsync(cancellationToken).ConfigureAwait(false);
        if (await reader.GetRootAsync(core, length, cancellationToken).ConfigureAwait(false) is null) return [core.Key];
        var block = await reader.GetBlockAsync(core, length - 1, cancellationToken).ConfigureAwait(false);
        var cores = await reader.GetCoresAsync(core, length - 1, block, cancellationToken).ConfigureAwait(false);
        return [core.Key, .. cores.Select(entry => new CoreKey(entry.Key))];
    }

    /// <summary>Closes the cores that were opened for this tree. Views need no disposal.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_owned is null && _head is not null) return;
        await _space.DisposeAsync().ConfigureAwait(false);
        if (_owned is not null) await _owned.DisposeAsync().ConfigureAwait(false);
    }

    private static Hyperbee2 Open(Corestore store, Core core, Bee2Options? options)
    {
        var cores = new OpenedCores(store, core);
        var space = new TreeSpace(new BeeCore(core.Key, new CoreBlockLog(core)), cores.OpenAsync, Valid(options));
        return new Hyperbee2(space, null, space.Options.Wait, cores);
    }

    private static Bee2Options Valid(Bee2Options? options)
    {
        options ??= Bee2Options.Default;
        return options.Degree is >= 2 and <= 128 ? options : throw new ArgumentOutOfRangeException(nameof(options), options.Degree, "The degree is 2 to 128.");
    }

    private TreeReader Reader() => new(_space, _wait);

    private async ValueTask<(BeeCore Core, ulong Length)> CoreAsync(CancellationToken cancellationToken)
        => _head is { } head ? (await _space.OpenAsync(head.Key, cancellationToken).ConfigureAwait(false), head.Length) : (_space.Local, Log.Length);

    private async ValueTask<TreeNode?> RootAsync(TreeReader reader, CancellationToken cancellationToken)
    {
        var (core, length) = await CoreAsync(cancellationToken).ConfigureAwait(false);
        return await reader.GetRootAsync(core, length, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<TreeCursor> CursorAsync(KeyBounds bounds, CancellationToken cancellationToken)
    {
        var cursor = new TreeCursor(Reader(), bounds);
        if (await RootAsync(cursor.Reader, cancellationToken).ConfigureAwait(false) is { } root) cursor.EnterRoot(root);
        return cursor;
    }
}
