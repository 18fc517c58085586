using Nashi.Autobase.Messages;

namespace Nashi.Autobase.Graph;

/// <summary>One node of the graph: a block of a writer's core, after the nodes that it follows.</summary>
internal sealed class GraphNode
{
    private const int IndexLinksAbove = 16;

    private readonly HashSet<WriterHead>? _linkIndex;

    public GraphNode(GraphWriter writer, OplogMessage message)
    {
        Writer = writer;
        Length = writer.Length + 1;
        Links = message.Heads;
        Batch = message.Batch;
        Value = message.Value;
        IsOptimistic = message.IsOptimistic && Batch == 1 && Value is not null;
        if (Links.Count > IndexLinksAbove) _linkIndex = [.. Links];
    }

    public GraphWriter Writer { get; }

    /// <summary>The writer's length with this node.</summary>
    public ulong Length { get; }

    public WriterHead Head => new(Writer.Key, Length);

    /// <summary>What its writer wrote that it follows.</summary>
    public IReadOnlyList<WriterHead> Links { get; }

    /// <summary>How many nodes of its batch begin here.</summary>
    public ulong Batch { get; }

    /// <summary>What the user appended; null acknowledges only.</summary>
    public byte[]? Value { get; }

    /// <summary>Whether its writer may be a stranger: whoever applies it decides.</summary>
    public bool IsOptimistic { get; }

    /// <summary>The nodes in the graph that it follows.</summary>
    public NodeSet Dependencies { get; } = new();

    /// <summary>The nodes in the graph that follow it.</summary>
    public NodeSet Dependents { get; } = new();

    /// <summary>For each indexer, how much of it this node has seen.</summary>
    public ulong[] Clock { get; set; } = [];

    /// <summary>The place in the list that holds it.</summary>
    public int Place { get; set; }

    /// <summary>How many of its dependencies are in the order already, while the batch that takes it there is at work.</summary>
    public int Dropped { get; set; }

    public bool IsYielding { get; set; }

    /// <summary>Whether it is in the order for good.</summary>
    public bool IsYielded { get; set; }

    public bool IsTail => Dependencies.Count == Dropped;

    /// <summary>Whether it names the other as one that it follows.</summary>
    public bool Names(WriterHead head) => _linkIndex?.Contains(head) ?? Links.Contains(head);

    /// <summary>Whether it has seen an indexer's node.</summary>
    public bool Sees(GraphNode node) => node.Writer.Ordinal >= 0 && Clock[node.Writer.Ordinal] >= node.Length;

    /// <summary>Lets go of the rest of the graph, so that old nodes do not keep each other alive.</summary>
    public void Forget()
    {
        Clock = [];
        Dependents.RemoveWhere(static _ => true);
    }

    public override string ToString() => Head.ToString();
}
