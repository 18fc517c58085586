namespace Nashi.Deploy;

/// <summary>A file of a drive, as listed.</summary>
/// <param name="Path">The drive path, starting with a slash.</param>
/// <param name="Size">Bytes of content; null when it is stored deduplicated and its map was not fetched.</param>
/// <param name="IsExecutable">Whether it may be run.</param>
/// <param name="LinkTarget">Where it points, for a symbolic link.</param>
public readonly record struct DriveFile(string Path, ulong? Size, bool IsExecutable, string? LinkTarget);
