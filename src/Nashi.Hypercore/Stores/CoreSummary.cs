using System.Collections.Immutable;
using Nashi.Encoding;
using Nashi.Storage;

namespace Nashi.Hypercore;

/// <summary>A core in a store.</summary>
/// <param name="Key">Its key.</param>
/// <param name="DiscoveryKey">The name under which peers look for it.</param>
/// <param name="Names">The names it has in this store.</param>
/// <param name="Length">How many blocks it has.</param>
/// <param name="Fork">How often it was truncated.</param>
/// <param name="ContiguousLength">All blocks below this one are here.</param>
/// <param name="HasSecretKey">Whether it can be written here.</param>
/// <param name="StoredBytes">What its records take; null when that was not measured.</param>
public sealed record CoreSummary(
    CoreKey Key, DiscoveryKey DiscoveryKey, ImmutableArray<CoreAlias> Names, ulong Length, ulong Fork, ulong ContiguousLength, bool HasSecretKey, long? StoredBytes);
