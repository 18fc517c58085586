using Nashi.Hyperdrive;

namespace Nashi.Deploy;

/// <summary>One file that was, or would be, written or removed.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Path">The drive path, starting with a slash.</param>
/// <param name="BytesAdded">Size of the new content.</param>
/// <param name="BytesRemoved">Size of the content that was there.</param>
public readonly record struct FileChange(FileChangeKind Kind, string Path, ulong BytesAdded, ulong BytesRemoved)
{
    /// <summary>What a mirror did.</summary>
    public static FileChange From(MirrorChange change) => new(KindOf(change.Kind), change.Path, change.BytesAdded, change.BytesRemoved);

    private static FileChangeKind KindOf(MirrorChangeKind kind) => kind switch
    {
        MirrorChangeKind.Add => FileChangeKind.Added,
        MirrorChangeKind.Change => FileChangeKind.Changed,
        MirrorChangeKind.Remove => FileChangeKind.Removed,
        _ => FileChangeKind.Equal,
    };
}
