namespace Nashi.Hyperdrive;

/// <summary>One write in a drive's history.</summary>
/// <param name="Version">The version it made.</param>
/// <param name="Path">What was written or deleted.</param>
/// <param name="Entry">The entry as it was written; <see langword="null"/> for a deletion.</param>
public sealed record DriveChange(ulong Version, string Path, DriveEntry? Entry);
