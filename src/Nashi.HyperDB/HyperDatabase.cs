namespace Nashi.HyperDB;

/// <summary>A typed database on a Hyperbee, byte for byte the reference's hyperdb on one.</summary>
/// <remarks>
/// Reads see the newest version of the tree, each read one version throughout. Writes go through a <see cref="WriteTransaction"/>. The database owns
/// nothing: who owns the tree's core disposes it.
/// </remarks>
public sealed class HyperDatabase : DatabaseView
{
    private readonly Hyperbee.Hyperbee _tree;

    /// <summary>A database on a tree.</summary>
    public HyperDatabase(Hyperbee.Hyperbee tree, DatabaseDefinition definition, HyperDatabaseOptions? options = null)
        : base(definition, options ?? HyperDatabaseOptions.Default)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentOutOfRangeException.ThrowIfLessThan(Options.ReadAhead, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(SchemaVersion, definition.SchemaVersion);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(DatabaseVersion, definition.DatabaseVersion);
        _tree = tree;
    }

    internal override Hyperbee.Hyperbee Tree => _tree.Snapshot();

    internal Hyperbee.Hyperbee Live => _tree;

    private SemaphoreSlim Turn { get; } = new(1, 1);

    private protected override Hyperbee.Hyperbee Watched => _tree;

    /// <inheritdoc/>
    public override WriteTransaction Transaction(object? context = null) => new(this, context, turn: null);

    /// <inheritdoc/>
    public override async ValueTask<WriteTransaction> ExclusiveTransactionAsync(object? context = null, CancellationToken cancellationToken = default)
    {
        await Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new WriteTransaction(this, context, Turn);
    }
}
