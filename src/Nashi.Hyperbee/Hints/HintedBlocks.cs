namespace Nashi.Hyperbee.Hints;

/// <summary>Collects the blocks that a read touches, and sends them on some at a time.</summary>
internal sealed class HintedBlocks(Action<ReadOnlySpan<ulong>> send, int perMessage, int most)
{
    private readonly HashSet<ulong> _seen = [];
    private readonly List<ulong> _next = new(perMessage);

    /// <summary>How many touches come first that the reader has made itself.</summary>
    public int Skip { get; set; }

    public bool IsFull => _seen.Count >= most;

    public void Add(ulong block)
    {
        if (Skip > 0)
        {
            Skip--;
            return;
        }

        if (IsFull || !_seen.Add(block)) return;
        _next.Add(block);
        if (_next.Count == perMessage) Flush();
    }

    public void Flush()
    {
        if (_next.Count == 0) return;
        send(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_next));
        _next.Clear();
    }
}
