namespace Nashi.Hyperdrive.Mirroring;

/// <summary>A file of the source, compared with the destination.</summary>
/// <param name="Source">The file.</param>
/// <param name="Destination">What the destination has there.</param>
/// <param name="Result">How they compare.</param>
/// <param name="Content">The content to write, when it is small enough to be held.</param>
/// <param name="Added">The size to be written.</param>
/// <param name="Removed">The size that is replaced.</param>
internal sealed record MirrorWork(DriveEntry Source, DriveEntry? Destination, MirrorResult Result, ReadOnlyMemory<byte>? Content, ulong Added, ulong Removed)
{
    public MirrorChange ToChange() => Result switch
    {
        MirrorResult.Same => new MirrorChange(MirrorChangeKind.Equal, Source.Path, 0, 0),
        _ => new MirrorChange(Destination is null ? MirrorChangeKind.Add : MirrorChangeKind.Change, Source.Path, Added, Removed),
    };
}
