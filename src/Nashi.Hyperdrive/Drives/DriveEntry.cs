using System.Text.Json;

namespace Nashi.Hyperdrive;

/// <summary>A file or a link of a drive.</summary>
/// <param name="Path">Where it is, starting with <c>/</c>.</param>
/// <param name="Seq">The block of the drive's tree that holds the entry; 0 in a folder on disk.</param>
public sealed record DriveEntry(string Path, ulong Seq)
{
    /// <summary>Whether the file may be executed.</summary>
    public bool IsExecutable { get; init; }

    /// <summary>Where a link points; <see langword="null"/> for a file.</summary>
    public string? LinkName { get; init; }

    /// <summary>Where a file's content is; <see langword="null"/> for links and for files in a folder on disk.</summary>
    public BlobId? Blob { get; init; }

    /// <summary>The size of a file on disk; for entries of a drive see <see cref="Drive.GetByteLengthAsync"/>.</summary>
    public ulong? FileSize { get; init; }

    /// <summary>Anything the application keeps with the file.</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary>Whether this is a link.</summary>
    public bool IsLink => !string.IsNullOrEmpty(LinkName);
}
