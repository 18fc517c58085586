namespace Nashi.Hypercore.Replication;

/// <summary>What a peer said that it holds of a core. Its own words: only blocks that it sent are proved.</summary>
/// <param name="Fork">Its fork.</param>
/// <param name="Length">How many blocks its tree has.</param>
/// <param name="ContiguousLength">It holds all blocks below this one.</param>
public readonly record struct RemoteHolding(ulong Fork, ulong Length, ulong ContiguousLength);
