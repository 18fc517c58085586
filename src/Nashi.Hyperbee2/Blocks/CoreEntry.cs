using Nashi.Encoding;

namespace Nashi.Hyperbee2.Blocks;

/// <summary>A core that pointers go into, in the list that a checkpoint block carries.</summary>
internal readonly record struct CoreEntry(Bytes32 Key, ulong Fork, ulong Length, Bytes32? TreeHash);
