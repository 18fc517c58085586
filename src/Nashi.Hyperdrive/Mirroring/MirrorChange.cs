namespace Nashi.Hyperdrive;

/// <summary>One thing a mirror did, or would do.</summary>
/// <param name="Kind">What.</param>
/// <param name="Path">To which file.</param>
/// <param name="BytesAdded">How many bytes it has now.</param>
/// <param name="BytesRemoved">How many bytes it had before.</param>
public readonly record struct MirrorChange(MirrorChangeKind Kind, string Path, ulong BytesAdded, ulong BytesRemoved);
