namespace Nashi.Storage.Kv;

/// <summary>Walks entries copied from a <see cref="MemoryStore"/>.</summary>
internal sealed class MemoryCursor(List<(byte[] Key, byte[] Value)> entries, bool reverse) : KeyValueCursor
{
    private int _at = -1;

    public override ReadOnlySpan<byte> Key => Entry.Key;

    public override ReadOnlySpan<byte> Value => Entry.Value;

    private (byte[] Key, byte[] Value) Entry => entries[reverse ? entries.Count - 1 - _at : _at];

    public override bool MoveNext() => ++_at < entries.Count;
}
