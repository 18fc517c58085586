using System.Text.Json;

namespace Nashi.Hyperdrive;

/// <summary>What is stored beside a file's content.</summary>
public sealed record DriveFileOptions
{
    /// <summary>The defaults.</summary>
    public static DriveFileOptions Default { get; } = new();

    /// <summary>Whether the file may be executed. Default: false.</summary>
    public bool IsExecutable { get; init; }

    /// <summary>Anything the application keeps with the file. Ignored by folders on disk.</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary>Stores content in a block map, cut by content, sharing blocks with the file's previous version, as Pear stages. Default: false.</summary>
    public bool Dedup { get; init; }
}
