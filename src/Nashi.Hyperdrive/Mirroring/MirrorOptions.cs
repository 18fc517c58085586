using System.Text.Json;

namespace Nashi.Hyperdrive;

/// <summary>What a mirror copies, and how.</summary>
public sealed record MirrorOptions
{
    /// <summary>The defaults: everything, removing what the source does not have.</summary>
    public static MirrorOptions Default { get; } = new();

    /// <summary>Only these folders and files. Default: all.</summary>
    public IReadOnlyList<string> Prefixes { get; init; } = ["/"];

    /// <summary>Paths to leave alone on both sides, with all that is below them.</summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];

    /// <summary>Leaves alone, on both sides, the paths for which it answers true.</summary>
    public Func<string, bool>? IgnoreWhere { get; init; }

    /// <summary>Copies only the paths for which it answers true; does not keep others from being removed.</summary>
    public Func<string, bool>? Filter { get; init; }

    /// <summary>Removes what the source does not have. Default: true.</summary>
    public bool Prune { get; init; } = true;

    /// <summary>Only tells what would be done. Default: false.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>Makes one version of the destination drive, at the end. Otherwise each file is a version, and a mirror that was stopped goes on where it was. Default: false.</summary>
    public bool Batch { get; init; }

    /// <summary>Cuts content by content and stores equal parts once, as Pear stages. Only for drives. Default: false.</summary>
    public bool Dedup { get; init; }

    /// <summary>Also yields files that are the same. Default: false.</summary>
    public bool IncludeEqual { get; init; }

    /// <summary>Copies the executable bit. Default: true.</summary>
    public bool KeepExecutable { get; init; } = true;

    /// <summary>When two files' metadata count as the same. Default: when they are the same JSON.</summary>
    public Func<JsonElement?, JsonElement?, bool>? MetadataEqual { get; init; }

    /// <summary>Changes to content on its way, one after the other.</summary>
    public IReadOnlyList<MirrorTransformer> Transformers { get; init; } = [];

    /// <summary>How many files are worked on at once; 0 chooses. Default: 0.</summary>
    public int Parallelism { get; init; }

    /// <summary>Fails before more than this many bytes are written. Default: no limit.</summary>
    public ulong MaxBytes { get; init; } = ulong.MaxValue;
}
