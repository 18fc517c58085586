namespace Nashi.HyperDB;

/// <summary>A database at one version of its tree.</summary>
internal sealed class DatabaseSnapshot(Hyperbee.Hyperbee tree, DatabaseDefinition definition, HyperDatabaseOptions options) : DatabaseView(definition, options)
{
    internal override Hyperbee.Hyperbee Tree { get; } = tree.Snapshot();

    private protected override Hyperbee.Hyperbee Watched => tree;
}
