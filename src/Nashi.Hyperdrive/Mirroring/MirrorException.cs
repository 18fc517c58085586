namespace Nashi.Hyperdrive;

/// <summary>A mirror was not done, or not to its end.</summary>
public sealed class MirrorException : NashiException
{
    private MirrorException(string code, string message)
        : base(code, message)
    {
    }

    internal static MirrorException NotWritable() => new("SESSION_NOT_WRITABLE", "The destination may not be written.");

    internal static MirrorException TooLarge(ulong size, ulong limit) => new("QUOTA_EXCEEDED", $"The mirror would write {size} bytes, more than the {limit} that are allowed or free.");
}
