using Nashi.Encoding;

namespace Nashi.Dht;

/// <summary>A signed value was stored.</summary>
/// <param name="PublicKey">Under whose key.</param>
/// <param name="Sequence">As which version.</param>
/// <param name="StoredAt">At how many nodes.</param>
public sealed record MutablePutResult(PublicKey PublicKey, ulong Sequence, int StoredAt);
