using Nashi.Encoding;

namespace Nashi.Dht;

/// <summary>A value was stored.</summary>
/// <param name="Hash">Under which hash.</param>
/// <param name="StoredAt">At how many nodes.</param>
public sealed record ImmutablePutResult(Bytes32 Hash, int StoredAt);
