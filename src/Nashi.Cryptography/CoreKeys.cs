using Nashi.Encoding;

namespace Nashi.Cryptography;

/// <summary>Ids derived from a core's key.</summary>
public static class CoreKeys
{
    /// <summary>The discovery key: BLAKE2b-256 of "hypercore" under the key. Source: data.md §1.3.</summary>
    public static DiscoveryKey ToDiscoveryKey(this CoreKey key) => new(Blake2b.HashKeyed(key.Value.AsSpan(), "hypercore"u8));
}
