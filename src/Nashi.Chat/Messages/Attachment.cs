using Nashi.Encoding;
using Nashi.Hyperdrive;

namespace Nashi.Chat;

/// <summary>A file of a message.</summary>
public sealed record Attachment
{
    /// <summary>The longest name, in bytes of UTF-8.</summary>
    public const int MaxName = 1024;

    /// <summary>Its name, without folders.</summary>
    public required string Name { get; init; }

    /// <summary>What it is, as a media type.</summary>
    public string Type { get; init; } = "application/octet-stream";

    /// <summary>Its size in bytes.</summary>
    public required ulong Size { get; init; }

    /// <summary>The core it lies in.</summary>
    internal CoreKey Core { get; init; }

    /// <summary>Where in the core.</summary>
    internal BlobId Blob { get; init; }

    /// <summary>The key it is sealed with.</summary>
    internal Bytes32 Key { get; init; }

    /// <summary>Name and size.</summary>
    public override string ToString() => $"{Name} ({Size} bytes)";
}
