using Nashi.Encoding;

namespace Nashi.Storage.Records;

/// <summary>Where a core's records lie. Spec: data.md §4.4.</summary>
internal readonly record struct CorePointer(ulong Version, ulong Core, ulong Data, CoreAlias? Alias) : IStoredRecord<CorePointer>
{
    private const ulong HasAlias = 1;

    public int Size => CompactSize.UInt(Version) + CompactSize.UInt(Core) + CompactSize.UInt(Data) + 1 + (Alias is { } alias ? SizeOf(alias) : 0);

    public static bool TryRead(ref CompactReader reader, out CorePointer value)
    {
        value = default;
        if (!reader.TryReadUInt(out var version) || !reader.TryReadUInt(out var core) || !reader.TryReadUInt(out var data)) return false;
        if (!reader.TryReadUInt(out var flags)) return false;
        CoreAlias alias = default;
        if ((flags & HasAlias) != 0 && !TryRead(ref reader, out alias)) return false;
        value = new CorePointer(version, core, data, (flags & HasAlias) != 0 ? alias : null);
        return true;
    }

    public void Write(ref CompactWriter writer)
    {
        writer.WriteUInt(Version);
        writer.WriteUInt(Core);
        writer.WriteUInt(Data);
        writer.WriteUInt(Alias is null ? 0 : HasAlias);
        if (Alias is { } alias) Write(alias, ref writer);
    }

    private static int SizeOf<T>(T record)
        where T : IStoredRecord<T> => record.Size;

    private static bool TryRead<T>(ref CompactReader reader, out T value)
        where T : IStoredRecord<T> => T.TryRead(ref reader, out value);

    private static void Write<T>(T record, ref CompactWriter writer)
        where T : IStoredRecord<T> => record.Write(ref writer);
}
