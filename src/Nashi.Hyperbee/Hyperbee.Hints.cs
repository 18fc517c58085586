using Nashi.Hyperbee.Hints;
using Nashi.Hyperbee.Tree;

namespace Nashi.Hyperbee;

/// <content>Reading for others, to tell them what it takes.</content>
public sealed partial class Hyperbee
{
    internal async ValueTask TouchKeyAsync(KeyHint hint, HintedBlocks touched)
    {
        var reader = Tracing(touched);
        var root = await reader.GetNodeAsync(new NodeAddress(hint.Version - 1, 0, null), CancellationToken.None).ConfigureAwait(false);
        _ = await FindAsync(reader, root, hint.Key, CancellationToken.None).ConfigureAwait(false);
    }

    internal async ValueTask TouchRangeAsync(RangeHint hint, HintedBlocks touched)
    {
        touched.Skip = hint.Skip;
        var reader = Tracing(touched);
        var root = await reader.GetNodeAsync(new NodeAddress(hint.Version - 1, 0, null), CancellationToken.None).ConfigureAwait(false);
        var keys = new RangeReader(reader, hint.Bounds, hint.Reverse);
        await keys.SeekAsync(root, CancellationToken.None).ConfigureAwait(false);
        for (var left = hint.Limit == 0 ? ulong.MaxValue : hint.Limit; left > 0 && !touched.IsFull; left--)
        {
            if (await keys.NextAsync(CancellationToken.None).ConfigureAwait(false) is null) return;
        }
    }

    private TreeReader Tracing(HintedBlocks touched) => new(_state.Log, _state.Cache, wait: false) { Touched = touched.Add };
}
