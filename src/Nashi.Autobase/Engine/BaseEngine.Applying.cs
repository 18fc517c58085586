using Nashi.Autobase.Graph;
using Nashi.Autobase.Messages;
using Nashi.Encoding;
using Nashi.Hypercore.Manifests;

namespace Nashi.Autobase.Engine;

/// <content>Applying the order to system and views, and taking it back.</content>
internal sealed partial class BaseEngine
{
    // So many bytes of a view wait for the end of a drain at most.
    private const int FlushAbove = 1 << 20;

    /// <summary>Applies what changed in the order.</summary>
    /// <returns>Whether the indexers changed for good: then the views get new cores, and everything behind is done again.</returns>
    private async ValueTask<bool> ApplyAsync(LinearizerStep step)
    {
        var indexersAt = FindIndexersChange(step);
        if (step.Undo > 0) await UndoAsync(step.Undo).ConfigureAwait(false);
        if (_system.IsBootstrapping) await _system.AddAsync(Key, isIndexer: true, _closing.Token).ConfigureAwait(false);

        var values = new List<AppliedValue>();
        var batch = 0UL;
        for (var i = step.Shared; i < step.Length; i++)
        {
            var node = step[i];
            var isIndexed = i < step.Indexed.Count;
            batch++;
            if (!await TryApplyOptimisticAsync(node, batch, isIndexed).ConfigureAwait(false))
            {
                if (node.Writer is { IsRemoved: true, IsIndexer: false })
                {
                    // It counts in the graph, and is followed by others; but it changes nothing.
                    if (node.Batch > 1) continue;
                    _updates.Add(new(node.Head, batch, _system.Length, Indexers: false));
                    batch = 0;
                    continue;
                }

                await AdvanceAsync(node).ConfigureAwait(false);
                if (node.Value is { } value && !node.Writer.IsRemoved) values.Add(new(node.Writer.Key, node.Length, value, node.Links, isIndexed, IsOptimistic: false));
                if (node.Batch > 1) continue;
                if (values.Count > 0) await CallHandlerAsync(values).ConfigureAwait(false);
            }

            var changesIndexers = _system.IndexersChanged;
            if (changesIndexers) await NameNextViewsAsync().ConfigureAwait(false);
            await _system.FlushAsync(_views.All, _closing.Token).ConfigureAwait(false);
            _updates.Add(new(node.Head, batch, _system.Length, changesIndexers));
            batch = 0;
            values.Clear();
            if (isIndexed && changesIndexers && indexersAt == 0) indexersAt = i + 1;
            await FlushViewsAsync(above: FlushAbove).ConfigureAwait(false);
        }

        await FlushViewsAsync(above: 0).ConfigureAwait(false);

        if (step.Indexed.Count > 0)
        {
            _pushes = 0;
            Index((ulong)(indexersAt != 0 ? indexersAt : step.Indexed.Count));
            _indexedViews = (await _system.GetInfoAsync(_indexedLength, _closing.Token).ConfigureAwait(false)).Views;
        }

        return indexersAt != 0;
    }

    // Among what is final now but was applied before: the place behind the first node that changed the indexers.
    private int FindIndexersChange(LinearizerStep step)
    {
        var update = 0;
        for (var i = 0; i < Math.Min(step.Indexed.Count, step.Shared); i++)
        {
            if (step.Indexed[i].Batch > 1) continue;
            if (_updates[update++].Indexers) return i + 1;
        }

        return 0;
    }

    private void Index(ulong nodes)
    {
        var count = 0;
        while (nodes > 0) nodes -= Math.Min(nodes, _updates[count++].Batch);
        _indexedLength = _updates[count - 1].SystemLength;
        _updates.RemoveRange(0, count);
    }

    private async ValueTask CallHandlerAsync(List<AppliedValue> values)
    {
        _isApplying = true;
        try
        {
            await _handler.ApplyAsync([.. values], new ApplyHost(this), _closing.Token).ConfigureAwait(false);
        }
        finally
        {
            _isApplying = false;
        }
    }

    // Nodes of removed writers that a node follows count as seen with it, oldest first.
    private async ValueTask AdvanceAsync(GraphNode node)
    {
        var seen = new List<GraphNode>();
        var known = new HashSet<GraphNode>();
        var open = new Stack<GraphNode>([node]);
        while (open.TryPop(out var next))
        {
            foreach (var dependency in next.Dependencies)
            {
                if (dependency.Writer is not { IsRemoved: true, IsIndexer: false } || !known.Add(dependency)) continue;
                open.Push(dependency);
                seen.Add(dependency);
            }
        }

        for (var i = seen.Count - 1; i >= 0; i--)
        {
            if (await _system.IsNewsAsync(seen[i].Head, _closing.Token).ConfigureAwait(false)) _system.Advance(seen[i]);
        }

        _system.Advance(node);
    }

    // A stranger's value stands only when applying it took note of the stranger.
    private async ValueTask<bool> TryApplyOptimisticAsync(GraphNode node, ulong batch, bool isIndexed)
    {
        if (!node.Writer.IsRemoved || !node.IsOptimistic || batch != 1 || !_handler.AcceptsOptimistic) return false;
        var draft = _system.Save();
        _system.Advance(node);
        var before = (await _system.GetAsync(node.Writer.Key, _closing.Token).ConfigureAwait(false))?.Length ?? 0;
        var isAccepted = await TryCallHandlerAsync(new(node.Writer.Key, node.Length, node.Value!, node.Links, isIndexed, IsOptimistic: true)).ConfigureAwait(false);
        if (isAccepted)
        {
            var after = await _system.GetAsync(node.Writer.Key, _closing.Token).ConfigureAwait(false);
            isAccepted = after is { } member && member.Length != before;
        }

        if (!isAccepted)
        {
            _system.Restore(draft);
            foreach (var view in _views.All) await view.TruncateAsync(PlacedLength(view)).ConfigureAwait(false);
        }

        await RefreshRightsAsync().ConfigureAwait(false);
        if (!isAccepted) ResetViewKeys();
        return isAccepted;
    }

    private async ValueTask<bool> TryCallHandlerAsync(AppliedValue value)
    {
        try
        {
            await CallHandlerAsync([value]).ConfigureAwait(false);
            return true;
        }
        catch (Exception error) when (error is not ApplyInterruptedException && !_closing.IsCancellationRequested)
        {
            Log.OptimisticRefused(_options.Logger, error, value.From);
            return false;
        }
    }

    private async ValueTask UndoAsync(int nodes)
    {
        var left = (ulong)nodes;
        while (left > 0)
        {
            left -= Math.Min(left, _updates[^1].Batch);
            _updates.RemoveAt(_updates.Count - 1);
        }

        var length = _updates.Count == 0 ? _indexedLength : _updates[^1].SystemLength;
        if (length == _system.Length) return;
        await _systemView.TruncateAsync(length).ConfigureAwait(false);
        await _system.ResetAsync(_closing.Token).ConfigureAwait(false);
        foreach (var view in _views.All)
        {
            if (view.Place >= _system.Views.Count) view.Place = -1;
            await view.TruncateAsync(PlacedLength(view)).ConfigureAwait(false);
        }

        await RefreshRightsAsync().ConfigureAwait(false);
        ResetViewKeys();
    }

    private ulong PlacedLength(AutobaseView view) => view.Place >= 0 && view.Place < _system.Views.Count ? _system.Views[view.Place].Length : 0;

    private void ResetViewKeys()
    {
        var indexers = ManifestsOf(_system.Indexers);
        foreach (var view in _views.All)
        {
            view.SystemKey = view.Place >= 0 && view.Place < _system.Views.Count ? _system.Views[view.Place].Key : _manifests.Create(indexers, view.Name, null).ToKey();
        }
    }

    // Blocks of many nodes go to a view's core together.
    private async ValueTask FlushViewsAsync(int above)
    {
        await _systemView.FlushAsync(above).ConfigureAwait(false);
        foreach (var view in _views.All) await view.FlushAsync(above).ConfigureAwait(false);
    }

    private async ValueTask NameNextViewsAsync()
    {
        await FlushViewsAsync(above: 0).ConfigureAwait(false);
        var indexers = ManifestsOf(_system.Indexers);
        foreach (var view in _views.All) view.SystemKey = NextManifest(view, indexers, view.Length).ToKey();
    }

    private Manifest NextManifest(AutobaseView view, IReadOnlyList<Manifest> indexers, ulong length)
    {
        if (length == 0) return _manifests.Create(indexers, view.Name, null);
        var hash = view.Branch.GetTreeHash(length) ?? throw new AutobaseException("VIEW_CORRUPTION", $"The tree of view '{view.Name}' is not here at length {length}.");
        return _manifests.Create(indexers, view.Name, new(hash, length));
    }
}
