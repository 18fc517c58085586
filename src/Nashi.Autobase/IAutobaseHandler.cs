namespace Nashi.Autobase;

/// <summary>The application of a base: what its views are, and what a value does to them.</summary>
/// <remarks>
/// <see cref="ApplyAsync"/> must be a function of its arguments and of the views alone, or peers will never agree: no clock, no chance, nothing of this machine.
/// It runs again for values whose place in the order changed, after the views were cut back.
/// </remarks>
public interface IAutobaseHandler
{
    /// <summary>Whether values of those who are no writers are applied too. Then applying must add or acknowledge the writer for anything to stand.</summary>
    bool AcceptsOptimistic { get; }

    /// <summary>Opens the views, each by its name, always the same ones.</summary>
    void Open(AutobaseViews views);

    /// <summary>Applies values in order: one batch of one writer.</summary>
    ValueTask ApplyAsync(IReadOnlyList<AppliedValue> values, IApplyHost host, CancellationToken cancellationToken);
}
