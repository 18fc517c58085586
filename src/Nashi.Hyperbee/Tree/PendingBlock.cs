namespace Nashi.Hyperbee.Tree;

/// <summary>A block of a batch that is not appended yet.</summary>
internal sealed class PendingBlock(ulong seq, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte>? value, List<TreeLink?> index)
{
    private byte[]? _sealed;

    public BeeBlock Block { get; } = new(seq, key, value, default);

    /// <summary>Drops what later operations took over: the root's slot first, then each slot that is no longer ours is filled with the last one.</summary>
    /// <remarks>The order decides the bytes and every number that later blocks store, so it runs oldest block first (data.md N32).</remarks>
    public void Compact()
    {
        index[0] = null;
        for (var at = 0; at < index.Count;)
        {
            if (index[at] is { } link && link.Seq == seq)
            {
                link.Offset = (ulong)at++;
                continue;
            }

            index[at] = index[^1];
            index.RemoveAt(index.Count - 1);
        }
    }

    /// <summary>Fixes the bytes now, with every node of this version, as a single write would have.</summary>
    public void Seal() => _sealed = BlockCodec.Encode(key.Span, value, index);

    public byte[] Encode() => _sealed ?? BlockCodec.Encode(key.Span, value, index);
}
