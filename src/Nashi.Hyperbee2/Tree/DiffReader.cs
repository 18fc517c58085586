namespace Nashi.Hyperbee2.Tree;

/// <summary>Finds the keys on which two versions differ, without reading what both share.</summary>
internal sealed class DiffReader(TreeCursor left, TreeCursor right)
{
    private KeyEntry? _last;

    public async ValueTask<(KeyEntry? Left, KeyEntry? Right)?> NextAsync(CancellationToken cancellationToken)
    {
        while (!left.IsAtEnd || !right.IsAtEnd)
        {
            if (left.IsAtEnd || right.IsAtEnd)
            {
                var only = left.IsAtEnd ? right : left;
                if (only.IsAtKey) return TakeOnly(only);
                await only.EnterAsync(cancellationToken).ConfigureAwait(false);
            }
            else if (IsShared())
            {
                left.Step();
                right.Step();
            }
            else if (left.IsAtKey && right.IsAtKey)
            {
                return CompareKeys();
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
        return left.IsAtKey ? left.Key.At == right.Key.At : left.Child == right.Child;
    }

    private (KeyEntry? Left, KeyEntry? Right) TakeOnly(TreeCursor only)
    {
        var key = only.Key;
        only.Step();
        return ReferenceEquals(only, left) ? Checked(key, null) : Checked(null, key);
    }

    private (KeyEntry? Left, KeyEntry? Right) CompareKeys()
    {
        var (a, b) = (left.Key, right.Key);
        var order = a.Key.Span.SequenceCompareTo(b.Key.Span);
        if (order <= 0) left.Step();
        if (order >= 0) right.Step();
        return Checked(order <= 0 ? a : null, order >= 0 ? b : null);
    }

    // Keys that do not go up would let a hostile tree go in circles for ever.
    private (KeyEntry? Left, KeyEntry? Right) Checked(KeyEntry? a, KeyEntry? b)
    {
        var key = (a ?? b)!;
        if (_last is not null && key.Key.Span.SequenceCompareTo(_last.Key.Span) <= 0) throw Hyperbee2Exception.Malformed(key.At.Core, key.At.Seq, "its key is out of order");
        _last = key;
        return (a, b);
    }

    // Opens a subtree: the only one, or the one that reaches further (both when they end at the same key), so that shared subtrees below still meet.
    private async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        if (left.IsAtKey || right.IsAtKey)
        {
            await (left.IsAtKey ? right : left).EnterAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        var (a, b) = (left.Upper, right.Upper);
        var order = a is null ? (b is null ? 0 : 1) : b is null ? -1 : a.Value.Span.SequenceCompareTo(b.Value.Span);
        if (order >= 0) await left.EnterAsync(cancellationToken).ConfigureAwait(false);
        if (order <= 0) await right.EnterAsync(cancellationToken).ConfigureAwait(false);
    }
}
