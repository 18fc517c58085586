using Nashi.Hyperbee2.Blocks;

namespace Nashi.Hyperbee2.Tree;

/// <summary>Makes a node out of the steps that its block, and the cohorts it refers to, hold.</summary>
internal static class NodeLoader
{
    // An honest writer begins anew after 16 steps, or as many as there are keys.
    private const int MaxSteps = 4096;

    // While a write goes on a node may be over full; afterwards it has at most 255 keys.
    private const int MaxWhileWriting = 1024;
    private const int MaxKeys = 255;

    public static async ValueTask<TreeNode> LoadAsync(TreeReader reader, Place at, bool isRoot, CancellationToken cancellationToken)
    {
        var block = await reader.GetBlockAsync(at.Core, at.Seq, cancellationToken).ConfigureAwait(false);

        // The first block of an older Hyperbee, and any later block of its batches, is no node; an empty tree has none either.
        var stored = TreeReader.At(block.Nodes, at, "a node");
        WantCohorts(reader, at, stored);
        var keys = await ReadAsync(reader, at, block, stored.Keys, place => new KeyEntry(place), cancellationToken).ConfigureAwait(false);
        var children = await ReadAsync(reader, at, block, stored.Children, place => new ChildLink(place), cancellationToken).ConfigureAwait(false);
        CheckShape(at, keys.Items.Length, children.Items.Length, isRoot);
        await FillAsync(reader, at, keys.Items, cancellationToken).ConfigureAwait(false);
        return new TreeNode(block.Degree, keys, children);
    }

    private static void WantCohorts(TreeReader reader, Place at, BlockNode node)
    {
        foreach (var delta in node.Keys) Want(delta);
        foreach (var delta in node.Children) Want(delta);

        void Want(TreeDelta delta)
        {
            if (delta is { Kind: DeltaKind.Cohort, Pointer: { Core: 0 } pointer } && pointer.Seq < at.Seq) reader.Want(at.Core, pointer.Seq);
        }
    }

    private static async ValueTask<NodeList<T>> ReadAsync<T>(TreeReader reader, Place at, TreeBlock block, TreeDelta[] deltas, Func<Place, T> make, CancellationToken cancellationToken)
        where T : class
    {
        var steps = new Step<T>[deltas.Length];
        var left = MaxSteps;
        for (var i = 0; i < steps.Length; i++)
        {
            if ((left -= 1) < 0) throw TooMany(at);
            if (deltas[i].Kind != DeltaKind.Cohort)
            {
                steps[i] = await StepAsync(reader, at, block, deltas[i], make, cancellationToken).ConfigureAwait(false);
                continue;
            }

            var cohort = await CohortAsync(reader, at, block, deltas[i], make, left, cancellationToken).ConfigureAwait(false);
            left -= cohort.Steps.Length;
            steps[i] = new Step<T>(cohort);
        }

        return new NodeList<T>(Apply(at, steps), steps);
    }

    private static async ValueTask<Cohort<T>> CohortAsync<T>(TreeReader reader, Place at, TreeBlock block, TreeDelta delta, Func<Place, T> make, int left, CancellationToken cancellationToken)
        where T : class
    {
        if (delta.Pointer is not { } pointer) throw Hyperbee2Exception.Malformed(at.Core, at.Seq, "it refers to a cohort without saying where it is");
        var where = await reader.PlaceAsync(at.Core, at.Seq, block, pointer, cancellationToken).ConfigureAwait(false);
        var home = await reader.GetBlockAsync(where.Core, where.Seq, cancellationToken).ConfigureAwait(false);
        var stored = TreeReader.At(home.Cohorts, where, "a cohort");
        if (stored.Length > left) throw TooMany(at);
        var steps = new Step<T>[stored.Length];
        for (var i = 0; i < steps.Length; i++)
        {
            if (stored[i].Kind == DeltaKind.Cohort) throw Hyperbee2Exception.Malformed(where.Core, where.Seq, "a cohort refers to a cohort");
            steps[i] = await StepAsync(reader, where, home, stored[i], make, cancellationToken).ConfigureAwait(false);
        }

        return new Cohort<T>(where, steps);
    }

    private static async ValueTask<Step<T>> StepAsync<T>(TreeReader reader, Place at, TreeBlock block, TreeDelta delta, Func<Place, T> make, CancellationToken cancellationToken)
        where T : class
    {
        if (delta.Pointer is not { } pointer) return new Step<T>(delta.Kind, delta.Index, null);
        var place = await reader.PlaceAsync(at.Core, at.Seq, block, pointer, cancellationToken).ConfigureAwait(false);
        return new Step<T>(delta.Kind, delta.Index, make(place));
    }

    private static T[] Apply<T>(Place at, Step<T>[] steps)
        where T : class
    {
        var items = new List<T?>();
        foreach (var step in steps)
        {
            foreach (var one in step.Cohort?.Steps ?? [step])
            {
                if (!TryApply(items, one)) throw Hyperbee2Exception.Malformed(at.Core, at.Seq, "a step of a node is out of bounds");
            }
        }

        foreach (var item in items)
        {
            if (item is null) throw Hyperbee2Exception.Malformed(at.Core, at.Seq, "a node has a key or child that is nowhere");
        }

        return [.. items!];
    }

    private static bool TryApply<T>(List<T?> items, Step<T> step)
        where T : class
    {
        var inside = step.Index < items.Count;
        switch (step.Kind)
        {
            case DeltaKind.Insert when step.Index <= items.Count && items.Count < MaxWhileWriting:
                items.Insert(step.Index, step.Item);
                return true;
            case DeltaKind.Set when inside:
                items[step.Index] = step.Item;
                return true;
            case DeltaKind.Delete when inside:
                items.RemoveAt(step.Index);
                return true;
            default:
                return false;
        }
    }

    private static void CheckShape(Place at, int keys, int children, bool isRoot)
    {
        if (keys > MaxKeys || (children != 0 && children != keys + 1)) throw Hyperbee2Exception.Malformed(at.Core, at.Seq, "a node has too few or too many children");
        if (keys == 0 && (children != 0 || !isRoot)) throw Hyperbee2Exception.Malformed(at.Core, at.Seq, "a node has no keys");
    }

    private static async ValueTask FillAsync(TreeReader reader, Place at, KeyEntry[] keys, CancellationToken cancellationToken)
    {
        foreach (var key in keys) reader.Want(key.At.Core, key.At.Seq);
        for (var i = 0; i < keys.Length; i++)
        {
            var key = keys[i];
            var block = await reader.GetBlockAsync(key.At.Core, key.At.Seq, cancellationToken).ConfigureAwait(false);
            var stored = TreeReader.At(block.Keys, key.At, "a key");
            (key.Key, key.Value, key.Location) = (stored.Key, stored.Value, stored.Location);
            if (i > 0 && keys[i - 1].Key.Span.SequenceCompareTo(key.Key.Span) >= 0) throw Hyperbee2Exception.Malformed(at.Core, at.Seq, "keys of a node are out of order");
        }
    }

    private static Hyperbee2Exception TooMany(Place at) => Hyperbee2Exception.Malformed(at.Core, at.Seq, "a node is made in too many steps");
}
