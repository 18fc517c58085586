namespace Nashi.Hypercore.Seam;

/// <summary>How far a core reaches, at one instant.</summary>
/// <param name="Fork">How often it was truncated.</param>
/// <param name="Length">Blocks that the signed tree covers.</param>
/// <param name="ByteLength">Bytes of those blocks, padding included.</param>
internal readonly record struct CoreTip(ulong Fork, ulong Length, ulong ByteLength);
