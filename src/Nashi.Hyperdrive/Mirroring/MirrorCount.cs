namespace Nashi.Hyperdrive;

/// <summary>How far a mirror is.</summary>
/// <param name="Files">Files and links of the source that were looked at.</param>
/// <param name="Added">How many were added.</param>
/// <param name="Changed">How many were changed.</param>
/// <param name="Removed">How many were removed.</param>
/// <param name="BytesAdded">The size of all that was added or changed.</param>
/// <param name="BytesRemoved">The former size of all that was changed or removed.</param>
public readonly record struct MirrorCount(long Files, long Added, long Changed, long Removed, ulong BytesAdded, ulong BytesRemoved)
{
    internal MirrorCount With(in MirrorChange change) => new(
        Files + (change.Kind == MirrorChangeKind.Remove ? 0 : 1),
        Added + (change.Kind == MirrorChangeKind.Add ? 1 : 0),
        Changed + (change.Kind == MirrorChangeKind.Change ? 1 : 0),
        Removed + (change.Kind == MirrorChangeKind.Remove ? 1 : 0),
        BytesAdded + change.BytesAdded,
        BytesRemoved + change.BytesRemoved);
}
