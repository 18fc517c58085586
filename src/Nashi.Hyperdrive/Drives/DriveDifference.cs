namespace Nashi.Hyperdrive;

/// <summary>A path on which two versions of a drive do not agree.</summary>
/// <param name="Left">The entry in this version; <see langword="null"/> when it is not there.</param>
/// <param name="Right">The entry in the other version; <see langword="null"/> when it is not there.</param>
public sealed record DriveDifference(DriveEntry? Left, DriveEntry? Right)
{
    /// <summary>The path.</summary>
    public string Path => (Left ?? Right)!.Path;
}
