namespace Nashi.Hypercore.Merkle;

/// <summary>Asks where a byte lies.</summary>
/// <param name="Bytes">The offset, in unpadded bytes.</param>
/// <param name="Padding">Bytes of padding in front of every block: 8 for an encrypted core, else 0.</param>
public readonly record struct SeekRequest(ulong Bytes, ulong Padding);
