using Nashi.Encoding;

namespace Nashi.Autobase.Messages;

/// <summary>The key of the system core as its writer knows it, or how many blocks back that key stands.</summary>
internal readonly record struct SystemDigest : IMessage<SystemDigest>
{
    private const ulong HasPointer = 1;
    private const ulong HasKey = 2;

    public ulong Pointer { get; init; }

    public CoreKey? Key { get; init; }

    public static bool TryRead(ref CompactReader reader, out SystemDigest message)
    {
        message = default;
        if (!reader.TryReadUInt(out var flags) || !reader.TryReadOptional((flags & HasPointer) != 0, out ulong pointer)) return false;
        if (!reader.TryReadOptional((flags & HasKey) != 0, out Bytes32? key)) return false;
        message = new() { Pointer = pointer, Key = key is { } bytes ? new CoreKey(bytes) : null };
        return true;
    }

    /// <summary>Reads the form of oplog version 1: a pointer, and when it is zero the key.</summary>
    public static bool TryReadLegacy(ref CompactReader reader, out SystemDigest message)
    {
        message = default;
        if (!reader.TryReadUInt(out var pointer) || !reader.TryReadOptional(pointer == 0, out Bytes32? key)) return false;
        message = new() { Pointer = pointer, Key = key is { } bytes ? new CoreKey(bytes) : null };
        return true;
    }

    public void Write(ref CompactWriter writer)
    {
        writer.WriteUInt((Pointer == 0 ? 0 : HasPointer) | (Key is null ? 0 : HasKey));
        if (Pointer != 0) writer.WriteUInt(Pointer);
        if (Key is { } key) writer.WriteFixed32(key.Value);
    }
}
