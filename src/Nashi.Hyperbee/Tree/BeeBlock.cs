namespace Nashi.Hyperbee.Tree;

/// <summary>A decoded block: one key, its value, and the nodes that this block rewrote. Immutable; shared by all readers.</summary>
internal sealed class BeeBlock(ulong seq, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte>? value, ReadOnlyMemory<byte> index)
{
    private BeeLevel[]? _levels;

    public ulong Seq => seq;

    /// <summary>Bytes of the block, which it keeps in memory.</summary>
    public int Size => key.Length + index.Length + (value?.Length ?? 0);

    public ReadOnlyMemory<byte> Key => key;

    public ReadOnlyMemory<byte>? Value => value;

    public BeeLevel[] Levels => _levels ??= BlockCodec.TryDecodeIndex(index.Span, out var levels)
        ? levels
        : throw HyperbeeException.Malformed(seq, "its index cannot be decoded");

    /// <summary>A deletion carries the deleted key, no value, and no node that holds its own key.</summary>
    public bool IsDeletion => value is null && !Levels.Any(level => level.Keys.Contains(seq));

    /// <summary>The nodes, or false when they cannot be decoded.</summary>
    public bool TryReadLevels(out BeeLevel[] levels) => BlockCodec.TryDecodeIndex(index.Span, out levels);

    public BeeLevel LevelAt(ulong offset)
    {
        var levels = Levels;
        if (offset >= (ulong)levels.Length) throw HyperbeeException.Malformed(seq, "a node that others point at is not in it");
        var level = levels[(int)offset];
        return level.IsNode ? level : throw HyperbeeException.Malformed(seq, "a node has too few or too many children");
    }
}
