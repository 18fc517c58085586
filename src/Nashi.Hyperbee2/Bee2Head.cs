using Nashi.Encoding;

namespace Nashi.Hyperbee2;

/// <summary>A version of a tree: the core that holds its root, and the core's length at it. A length of 0 is the empty tree.</summary>
public readonly record struct Bee2Head(CoreKey Key, ulong Length);
