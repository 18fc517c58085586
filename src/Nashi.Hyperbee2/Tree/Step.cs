using Nashi.Hyperbee2.Blocks;

namespace Nashi.Hyperbee2.Tree;

/// <summary>One step in making a list of keys or children. A step that came to nothing has no item.</summary>
internal sealed class Step<T>(DeltaKind kind, int index, T? item)
    where T : class
{
    public Step(Cohort<T> cohort)
        : this(DeltaKind.Cohort, 0, null) => Cohort = cohort;

    public DeltaKind Kind => kind;

    public int Index => index;

    public T? Item { get; set; } = item;

    public Cohort<T>? Cohort { get; }
}
