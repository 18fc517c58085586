using Nashi.Autobase.Graph;
using Nashi.Autobase.Messages;
using Nashi.Encoding;
using Nashi.Hyperbee;

namespace Nashi.Autobase.State;

/// <summary>The system of a base: who writes, who indexes, what was applied and where the views are. A tree whose blocks are the same on every peer.</summary>
/// <remarks>
/// Changes are collected while nodes are applied, and <see cref="FlushAsync"/> appends them as one batch: what the application changed, then the writers that
/// advanced, then the summary. Owned by one engine; not thread-safe. Spec: data.md §7.5.
/// </remarks>
internal sealed class SystemView
{
    public const string Name = "_system";

    private static readonly byte[] InfoKey = [0, 0, .. "info"u8];

    private readonly Hyperbee.Hyperbee _bee;
    private readonly IBlockLog _log;
    private readonly List<(CoreKey Key, Member Member)> _changes = [];

    // In the order in which the writers first advanced.
    private readonly OrderedDictionary<CoreKey, ulong> _advanced = [];
    private List<CoreKey> _pending = [];
    private List<WriterHead> _indexers = [];
    private List<WriterHead> _heads = [];
    private List<WriterHead> _views = [];

    public SystemView(IBlockLog log)
    {
        _log = log;
        _bee = new(log);
    }

    public ulong Version { get; private set; } = SystemInfo.DefaultVersion;

    public ulong Members { get; private set; }

    public IReadOnlyList<CoreKey> PendingIndexers => _pending;

    public IReadOnlyList<WriterHead> Indexers => _indexers;

    public IReadOnlyList<WriterHead> Heads => _heads;

    public IReadOnlyList<WriterHead> Views => _views;

    /// <summary>The places of views that the application does not know: they stay as they are.</summary>
    public HashSet<int> ForeignViews { get; } = [];

    /// <summary>Whether the set of indexers changed since the last flush.</summary>
    public bool IndexersChanged { get; private set; }

    /// <summary>Whether nothing was ever applied.</summary>
    public bool IsBootstrapping => Members == 0;

    public ulong Length => _log.Length;

    /// <summary>Reads the summary of now; to be called after the log was cut or replaced.</summary>
    public async ValueTask ResetAsync(CancellationToken cancellationToken)
    {
        var info = await GetInfoAsync(Length, cancellationToken).ConfigureAwait(false);
        Load(info);
        IndexersChanged = false;
        _changes.Clear();
        _advanced.Clear();
    }

    /// <summary>The summary that ends at a length.</summary>
    public async ValueTask<SystemInfo> GetInfoAsync(ulong length, CancellationToken cancellationToken)
    {
        if (length == 0) return SystemInfo.Empty;
        var entry = await _bee.GetBySeqAsync(length - 1, cancellationToken).ConfigureAwait(false);
        if (entry.Value is not { } value || !entry.Key.Span.SequenceEqual(InfoKey) || !MessageCodec.TryDecode<SystemInfo>(value.Span, out var info)) throw Damaged(length);
        return info;
    }

    /// <summary>What is known of a writer, changes that are not flushed included.</summary>
    public async ValueTask<Member?> GetAsync(CoreKey key, CancellationToken cancellationToken)
    {
        for (var i = _changes.Count - 1; i >= 0; i--)
        {
            if (_changes[i].Key == key) return _changes[i].Member;
        }

        return await GetAtAsync(key, Length, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What was known of a writer at a length.</summary>
    public async ValueTask<Member?> GetAtAsync(CoreKey key, ulong length, CancellationToken cancellationToken)
    {
        if (length == 0) return null;
        var entry = await _bee.Checkout(length).GetAsync(MemberKey(key), cancellationToken).ConfigureAwait(false);
        if (entry?.Value is not { } value) return null;
        return MessageCodec.TryDecode<Member>(value.Span, out var member) ? member : throw Damaged(length);
    }

    /// <summary>The writers at a length.</summary>
    public async ValueTask<List<(CoreKey Key, Member Member)>> ListAsync(ulong length, CancellationToken cancellationToken)
    {
        var members = new List<(CoreKey, Member)>();
        if (length == 0) return members;
        var range = new BeeRange { AtLeast = (byte[])[1, 0], LessThan = (byte[])[1, 1] };
        await foreach (var entry in _bee.Checkout(length).RangeAsync(range, cancellationToken).ConfigureAwait(false))
        {
            if (entry.Key.Length == 2 + Bytes32.Size && entry.Value is { } value && MessageCodec.TryDecode<Member>(value.Span, out var member)) members.Add((new CoreKey(entry.Key.Span[2..]), member));
        }

        return members;
    }

    /// <summary>Reads the way to the summary at a length, so that the next one can be written without a peer.</summary>
    public async ValueTask FetchAsync(ulong length, CancellationToken cancellationToken)
    {
        if (length > 0) await _bee.Checkout(length).GetAsync(InfoKey, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether a node of a writer is news.</summary>
    public async ValueTask<bool> IsNewsAsync(WriterHead node, CancellationToken cancellationToken)
    {
        if (_advanced.TryGetValue(node.Key, out var length) && length > 0) return node.Length > length;
        return node.Length > ((await GetAsync(node.Key, cancellationToken).ConfigureAwait(false))?.Length ?? 0);
    }

    /// <summary>Takes in a node: it replaces the heads that it follows.</summary>
    public void Advance(GraphNode node)
    {
        var head = node.Head;
        for (var i = 0; i < _heads.Count; i++)
        {
            if (!node.Names(_heads[i]))
            {
                if (_heads[i].Key != head.Key) continue;

                // A writer's later node is a head already.
                if (_heads[i].Length > head.Length) return;
            }

            // The last head takes the place of the one that goes: other peers' heads are in that order.
            _heads[i--] = _heads[^1];
            _heads.RemoveAt(_heads.Count - 1);
        }

        _heads.Add(head);
        _advanced[head.Key] = head.Length;
        if (_pending.IndexOf(head.Key) is >= 0 and var at)
        {
            UpdateIndexer(head.Key, head.Length, at);
            return;
        }

        var indexer = IndexerAt(head.Key);
        if (indexer >= 0) _indexers[indexer] = head;
    }

    /// <summary>Lets a writer in, or changes whether it indexes.</summary>
    public async ValueTask AddAsync(CoreKey key, bool isIndexer, CancellationToken cancellationToken)
    {
        var known = await GetAsync(key, cancellationToken).ConfigureAwait(false);
        var length = Math.Max(_advanced.GetValueOrDefault(key), known?.Length ?? 0);
        var member = new Member(isIndexer, IsRemoved: false, length);
        if (known != member) _changes.Add((key, member));
        if (known is not { IsRemoved: false }) Members++;
        if (isIndexer) UpdateIndexer(key, length, 0);
        else if (known is { IsIndexer: true }) DropIndexer(key);
    }

    /// <summary>Shuts a writer out.</summary>
    public async ValueTask RemoveAsync(CoreKey key, CancellationToken cancellationToken)
    {
        DropIndexer(key);
        var known = await GetAsync(key, cancellationToken).ConfigureAwait(false);
        if (known is not { IsRemoved: true }) _changes.Add((key, new Member(IsIndexer: false, IsRemoved: true, known?.Length ?? 0)));
        if (known is { IsRemoved: false }) Members--;
    }

    /// <summary>Records how far a writer was applied, and changes none of its rights.</summary>
    public async ValueTask AckAsync(CoreKey key, CancellationToken cancellationToken)
    {
        var known = await GetAsync(key, cancellationToken).ConfigureAwait(false);
        var length = _advanced.GetValueOrDefault(key);
        if (known is { } member && member.Length == length) return;
        _changes.Add((key, new Member(known?.IsIndexer ?? false, known?.IsRemoved ?? true, length)));
    }

    /// <summary>Appends what changed, and the summary.</summary>
    public async ValueTask FlushAsync(IReadOnlyList<AutobaseView> views, CancellationToken cancellationToken)
    {
        var batch = _bee.Batch();
        await using var batchClosing = batch.ConfigureAwait(false);
        foreach (var (key, member) in _changes)
        {
            if (!_advanced.ContainsKey(key)) await batch.PutAsync(MemberKey(key), MessageCodec.Encode(member), null, cancellationToken).ConfigureAwait(false);
        }

        foreach (var (key, length) in _advanced)
        {
            var isRemoved = (await GetAsync(key, cancellationToken).ConfigureAwait(false))?.IsRemoved ?? true;
            await batch.PutAsync(MemberKey(key), MessageCodec.Encode(new Member(IndexerAt(key) >= 0, isRemoved, length)), null, cancellationToken).ConfigureAwait(false);
        }

        PlaceViews(views);
        await batch.PutAsync(InfoKey, MessageCodec.Encode(ToInfo()), null, cancellationToken).ConfigureAwait(false);
        await batch.FlushAsync(cancellationToken).ConfigureAwait(false);
        _changes.Clear();
        _advanced.Clear();
        IndexersChanged = false;
    }

    /// <summary>What <see cref="Restore"/> goes back to.</summary>
    public SystemDraft Save() => new(ToInfo(), IndexersChanged, [.. _changes], [.. _advanced]);

    /// <summary>Drops the changes since a draft was saved.</summary>
    public void Restore(SystemDraft draft)
    {
        Load(draft.Info);
        IndexersChanged = draft.IndexersChanged;
        _changes.Clear();
        _changes.AddRange(draft.Changes);
        _advanced.Clear();
        foreach (var (key, length) in draft.Advanced) _advanced.Add(key, length);
    }

    private static byte[] MemberKey(CoreKey key) => [1, 0, .. key.Value.AsSpan()];

    private AutobaseException Damaged(ulong length) => new("DECODING_ERROR", $"The system log is damaged at length {length} of {Length}.");

    private SystemInfo ToInfo() => new() { Version = Version, Members = Members, PendingIndexers = [.. _pending], Indexers = [.. _indexers], Heads = [.. _heads], Views = [.. _views] };

    private void Load(SystemInfo info)
    {
        if (info.Version > SystemInfo.DefaultVersion) throw new AutobaseException("UNSUPPORTED_VERSION", "This base was forked: its system is of a version that is not supported.");
        (Version, Members) = (SystemInfo.DefaultVersion, info.Members);
        (_pending, _indexers, _heads, _views) = ([.. info.PendingIndexers], [.. info.Indexers], [.. info.Heads], [.. info.Views]);
    }

    private void PlaceViews(IReadOnlyList<AutobaseView> views)
    {
        var count = 0;
        foreach (var view in views) count = Math.Max(count, view.Place + 1);
        foreach (var place in ForeignViews) count = Math.Max(count, place + 1);
        if (_views.Count > count) _views.RemoveRange(count, _views.Count - count);
        foreach (var view in views)
        {
            if (view.Length == 0) continue;
            var head = new WriterHead(view.SystemKey, view.Length);
            if (view.Place >= 0)
            {
                _views[view.Place] = head;
                continue;
            }

            view.Place = _views.Count;
            _views.Add(head);
        }
    }

    private int IndexerAt(CoreKey key) => _indexers.FindIndex(indexer => indexer.Key == key);

    private void DropIndexer(CoreKey key)
    {
        var at = IndexerAt(key);
        if (at < 0) return;
        _indexers.RemoveAt(at);
        IndexersChanged = true;
    }

    // A writer becomes an indexer with its first node: until then it waits.
    private void UpdateIndexer(CoreKey key, ulong length, int from)
    {
        var at = from;
        while (at < _pending.Count && _pending[at] != key) at++;
        if (length == 0)
        {
            if (at == _pending.Count) _pending.Add(key);
            return;
        }

        if (at < _pending.Count)
        {
            _pending[at] = _pending[^1];
            _pending.RemoveAt(_pending.Count - 1);
        }

        var indexer = IndexerAt(key);
        if (indexer >= 0)
        {
            _indexers[indexer] = new(key, length);
            return;
        }

        _indexers.Add(new(key, length));
        if (!IsBootstrapping) IndexersChanged = true;
    }
}
