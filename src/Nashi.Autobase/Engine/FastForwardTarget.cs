using Nashi.Autobase.Messages;
using Nashi.Encoding;
using Nashi.Hypercore.Manifests;

namespace Nashi.Autobase.Engine;

/// <summary>A signed state of a base that can be taken over: what is needed of it is here.</summary>
/// <param name="Key">The system core.</param>
/// <param name="Length">Its length.</param>
/// <param name="Info">The summary there.</param>
/// <param name="Indexers">The manifests of the indexers' cores, in order.</param>
/// <param name="Places">The place of each of the application's views among the system's; −1 for one that has no block yet.</param>
/// <param name="IsForced">Whether it is taken over whatever it saves.</param>
internal sealed record FastForwardTarget(CoreKey Key, ulong Length, SystemInfo Info, IReadOnlyList<Manifest> Indexers, IReadOnlyDictionary<string, int> Places, bool IsForced);
