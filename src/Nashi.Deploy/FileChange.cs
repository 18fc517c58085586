namespace Nashi.Deploy;

/// <summary>One file that was, or would be, written or removed.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Path">The drive path, starting with a slash.</param>
/// <param name="BytesAdded">Size of the new content.</param>
/// <param name="BytesRemoved">Size of the content that was there.</param>
public readonly record struct FileChange(FileChangeKind Kind, string Path, ulong BytesAdded, ulong BytesRemoved);
