using Nashi.Encoding;

namespace Nashi.Hypercore.Manifests;

/// <summary>The beginning of a core that its key itself vouches for, without a signature.</summary>
/// <param name="Hash">The tree hash at that length.</param>
/// <param name="Length">The length, in blocks.</param>
public readonly record struct ManifestPrologue(Bytes32 Hash, ulong Length);
