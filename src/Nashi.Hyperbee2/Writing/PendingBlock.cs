using Nashi.Hyperbee2.Tree;

namespace Nashi.Hyperbee2.Writing;

/// <summary>What one block of a write will hold.</summary>
internal sealed class PendingBlock
{
    public List<(ChildLink Link, EditNode Node)> Nodes { get; } = [];

    public List<KeyEntry> Keys { get; set; } = [];

    public List<KeyEntry> Values { get; } = [];

    public List<(NodeList<KeyEntry> Keys, NodeList<ChildLink> Children)> Settled { get; } = [];

    /// <summary>The cohorts that are new in this block, in order: of keys, or of children.</summary>
    public List<object> Cohorts { get; } = [];

    /// <summary>The size as the reference estimates it, which decides where the next block begins.</summary>
    public int Size { get; set; }
}
