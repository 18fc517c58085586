namespace Nashi.Dht;

/// <summary>A value that its key's owner signed.</summary>
/// <param name="Sequence">Higher is later.</param>
/// <param name="Value">The value.</param>
/// <param name="Signature">The owner's signature, 64 bytes; verified.</param>
public sealed record MutableRecord(ulong Sequence, ReadOnlyMemory<byte> Value, ReadOnlyMemory<byte> Signature);
