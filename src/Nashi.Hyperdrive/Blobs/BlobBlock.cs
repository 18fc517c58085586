namespace Nashi.Hyperdrive;

/// <summary>One piece of a mapped blob.</summary>
/// <param name="Index">The block of the core that holds it.</param>
/// <param name="ByteLength">Its size.</param>
public readonly record struct BlobBlock(ulong Index, ulong ByteLength);
