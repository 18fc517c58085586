namespace Nashi.Hyperdrive;

/// <summary>A drive could not be read or written.</summary>
public sealed class DriveException : NashiException
{
    private DriveException(string code, string message)
        : base(code, message)
    {
    }

    internal static DriveException NoFile(string path) => new("ENOENT", $"There is no file '{path}' in the drive.");

    internal static DriveException TooManyLinks(string path) => new("ELOOP", $"The link '{path}' leads through more than 16 links.");

    internal static DriveException BadEntry(string path) => new("DECODING_ERROR", $"The entry of '{path}' cannot be decoded.");

    internal static DriveException NoBlobs() => new("INVALID_DRIVE", "The first block of the drive names no blobs core, and its key has no manifest to derive one from.");

    internal static DriveException ReadOnly() => new("SESSION_NOT_WRITABLE", "This drive may not be written: it is a checkout, or its key belongs to someone else.");
}
