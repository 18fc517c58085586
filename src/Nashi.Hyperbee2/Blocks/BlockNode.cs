namespace Nashi.Hyperbee2.Blocks;

/// <summary>A node as a block holds it: the steps that make its keys and its children.</summary>
internal readonly record struct BlockNode(TreeDelta[] Keys, TreeDelta[] Children);
