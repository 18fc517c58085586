namespace Nashi.Hyperbee.Tree;

/// <summary>Decoded blocks, the recently used ones: two generations, the older is dropped when the younger is full, by count or by bytes.</summary>
internal sealed class BlockCache(int capacity)
{
    // Values may be large: their count alone would bound nothing.
    private const long MaxBytes = 32 << 20;

    private readonly int _half = Math.Max(8, capacity / 2);
    private readonly Lock _gate = new();
    private Dictionary<ulong, BeeBlock> _young = [];
    private Dictionary<ulong, BeeBlock> _old = [];
    private ulong _fork;
    private long _youngBytes;

    public BeeBlock? Find(ulong seq, ulong fork)
    {
        lock (_gate)
        {
            Follow(fork);
            if (_young.TryGetValue(seq, out var block)) return block;
            if (!_old.TryGetValue(seq, out block)) return null;
            Add(block);
            return block;
        }
    }

    public void Keep(BeeBlock block, ulong fork)
    {
        lock (_gate)
        {
            if (fork == _fork) Add(block);
        }
    }

    // A truncation makes every cached block doubtful.
    private void Follow(ulong fork)
    {
        if (fork == _fork) return;
        _fork = fork;
        _youngBytes = 0;
        _young.Clear();
        _old.Clear();
    }

    private void Add(BeeBlock block)
    {
        if (_young.Count >= _half || _youngBytes >= MaxBytes / 2)
        {
            (_young, _old) = (_old, _young);
            _young.Clear();
            _youngBytes = 0;
        }

        _youngBytes += block.Size;
        _young[block.Seq] = block;
    }
}
