namespace Nashi.Hyperbee2.Tree;

/// <summary>Steps that a block keeps together, for later versions of a node to begin with.</summary>
internal sealed class Cohort<T>(Place? at, Step<T>[] steps)
    where T : class
{
    /// <summary>Where it is; nothing while it is yet to be written.</summary>
    public Place? At { get; set; } = at;

    public Step<T>[] Steps => steps;
}
