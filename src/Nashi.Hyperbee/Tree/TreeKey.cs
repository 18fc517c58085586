namespace Nashi.Hyperbee.Tree;

/// <summary>A key inside a node being edited: the block that holds it, and its bytes once they were read.</summary>
internal readonly record struct TreeKey(ulong Seq, ReadOnlyMemory<byte>? Bytes);
