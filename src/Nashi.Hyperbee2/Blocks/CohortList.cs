namespace Nashi.Hyperbee2.Blocks;

/// <summary>Makes the nodes of the older formats, which name all their keys and children, into nodes with cohorts; and back.</summary>
internal sealed class CohortList(ulong seq)
{
    private readonly List<TreeDelta[]> _cohorts = [];

    public TreeDelta[][] ToArray() => [.. _cohorts];

    /// <summary>Keeps a list as a cohort, and answers the step that refers to it. An empty list has none.</summary>
    public TreeDelta[] Add(ReadOnlySpan<TreePointer> pointers)
    {
        if (pointers.IsEmpty) return [];
        var cohort = new TreeDelta[pointers.Length];

        // More than 256 cannot be in a node: a reader of the node refuses it.
        for (var i = 0; i < cohort.Length; i++) cohort[i] = new TreeDelta(DeltaKind.Insert, (byte)i, pointers[i]);
        _cohorts.Add(cohort);
        return [new TreeDelta(DeltaKind.Cohort, 0, new TreePointer(0, seq, _cohorts.Count - 1))];
    }

    /// <summary>The list that a node's one step refers to.</summary>
    public static TreePointer[] Resolve(TreeBlock block, TreeDelta[] deltas)
    {
        if (deltas is []) return [];
        if (deltas is not [{ Kind: DeltaKind.Cohort, Pointer: { } at }] || block.Cohorts is not { } cohorts || at.Offset >= cohorts.Length)
        {
            throw new ArgumentException("A node of this format is one cohort of its own block.", nameof(deltas));
        }

        return Array.ConvertAll(cohorts[at.Offset], delta => delta.Pointer ?? throw new ArgumentException("A step without a pointer.", nameof(deltas)));
    }
}
