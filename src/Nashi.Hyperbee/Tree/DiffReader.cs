namespace Nashi.Hyperbee.Tree;

/// <summary>Finds the keys on which two versions differ, without reading what both share.</summary>
internal sealed class DiffReader(TreeCursor left, TreeCursor right)
{
    private ReadOnlyMemory<byte>? _last;

    public async ValueTask<(BeeBlock? Left, BeeBlock? Right)?> NextAsync(CancellationToken cancellationToken)
    {
        while (!left.IsAtEnd || !right.IsAtEnd)
        {
            if (right.IsAtEnd)
            {
                if (await TakeAsync(left, cancellationToken).ConfigureAwait(false) is { } only) return Checked(only, null);
            }
            else if (left.IsAtEnd)
            {
                if (await TakeAsync(right, cancellationToken).ConfigureAwait(false) is { } only) return Checked(null, only);
            }
            else if (IsShared())
            {
                left.Step();
                right.Step();
            }
            else if (left.IsAtKey && right.IsAtKey)
            {
                return await CompareKeysAsync(cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await OpenAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        return null;
    }

    private bool IsShared()
    {
        if (left.IsAtKey != right.IsAtKey) return false;
        return left.IsAtKey ? left.KeySeq == right.KeySeq : left.Child.IsSame(right.Child);
    }

    private static async ValueTask<BeeBlock?> TakeAsync(TreeCursor cursor, CancellationToken cancellationToken)
    {
        if (!cursor.IsAtKey)
        {
            await cursor.EnterAsync(cursor.Child, cancellationToken).ConfigureAwait(false);
            return null;
        }

        var block = await cursor.BlockAsync(cancellationToken).ConfigureAwait(false);
        cursor.Step();
        return block;
    }

    private async ValueTask<(BeeBlock? Left, BeeBlock? Right)?> CompareKeysAsync(CancellationToken cancellationToken)
    {
        var a = await left.BlockAsync(cancellationToken).ConfigureAwait(false);
        var b = await right.BlockAsync(cancellationToken).ConfigureAwait(false);
        var order = a.Key.Span.SequenceCompareTo(b.Key.Span);
        if (order <= 0) left.Step();
        if (order >= 0) right.Step();
        return Checked(order <= 0 ? a : null, order >= 0 ? b : null);
    }

    // Keys that do not go up would let a hostile tree go in circles for ever.
    private (BeeBlock? Left, BeeBlock? Right) Checked(BeeBlock? a, BeeBlock? b)
    {
        var block = (a ?? b)!;
        if (_last is { } last && block.Key.Span.SequenceCompareTo(last.Span) <= 0) throw HyperbeeException.Malformed(block.Seq, "its key is out of order");
        _last = block.Key;
        return (a, b);
    }

    // Opens a subtree: the only one, or the one that reaches further (both when they end at the same key), so that shared subtrees below still meet.
    private async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        if (left.IsAtKey || right.IsAtKey)
        {
            var only = left.IsAtKey ? right : left;
            await only.EnterAsync(only.Child, cancellationToken).ConfigureAwait(false);
            return;
        }

        var a = await left.UpperKeyAsync(cancellationToken).ConfigureAwait(false);
        var b = await right.UpperKeyAsync(cancellationToken).ConfigureAwait(false);
        var order = a is null ? (b is null ? 0 : 1) : b is null ? -1 : a.Value.Span.SequenceCompareTo(b.Value.Span);
        if (order >= 0) await left.EnterAsync(left.Child, cancellationToken).ConfigureAwait(false);
        if (order <= 0) await right.EnterAsync(right.Child, cancellationToken).ConfigureAwait(false);
    }
}
