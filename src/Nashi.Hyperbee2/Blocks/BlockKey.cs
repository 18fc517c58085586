namespace Nashi.Hyperbee2.Blocks;

/// <summary>A key as a block holds it, with its value or where its value is.</summary>
internal readonly record struct BlockKey(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte>? Value, ValueLocation? Location);
