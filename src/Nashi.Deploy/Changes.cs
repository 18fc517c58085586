using Nashi.Hyperdrive;

namespace Nashi.Deploy;

/// <summary>From the mirror's words to ours.</summary>
internal static class Changes
{
    public static FileChange From(MirrorChange change) => new(KindOf(change.Kind), change.Path, change.BytesAdded, change.BytesRemoved);

    private static FileChangeKind KindOf(MirrorChangeKind kind) => kind switch
    {
        MirrorChangeKind.Add => FileChangeKind.Added,
        MirrorChangeKind.Change => FileChangeKind.Changed,
        MirrorChangeKind.Remove => FileChangeKind.Removed,
        _ => FileChangeKind.Equal,
    };
}
