namespace Nashi.Hyperbee2.Tree;

/// <summary>The keys or the children of a node, and the steps that made them.</summary>
internal readonly record struct NodeList<T>(T[] Items, Step<T>[] Steps)
    where T : class;
