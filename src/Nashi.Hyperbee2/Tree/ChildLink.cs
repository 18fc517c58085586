namespace Nashi.Hyperbee2.Tree;

/// <summary>A child of a node. Immutable once its node can be seen by others.</summary>
internal sealed class ChildLink(Place at)
{
    public Place At { get; set; } = at;
}
