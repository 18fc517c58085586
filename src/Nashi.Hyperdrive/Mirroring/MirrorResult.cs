namespace Nashi.Hyperdrive.Mirroring;

/// <summary>How a file of the source compares with the destination's.</summary>
internal enum MirrorResult
{
    /// <summary>They are the same.</summary>
    Same,

    /// <summary>Only the mode or the metadata differ.</summary>
    OnlyAttributes,

    /// <summary>The content differs, or there is none.</summary>
    Different,
}
