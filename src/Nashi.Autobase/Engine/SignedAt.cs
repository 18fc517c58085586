namespace Nashi.Autobase.Engine;

/// <summary>A signature over a view, and where its indexer wrote it.</summary>
/// <param name="Signature">64 bytes.</param>
/// <param name="Length">The view's length that it covers.</param>
/// <param name="At">The length of the indexer's core with the block that carries it.</param>
internal sealed record SignedAt(byte[] Signature, ulong Length, ulong At);
