using Nashi.Encoding;

namespace Nashi.Storage.Records;

/// <summary>The named sessions of a core and where their own data lies.</summary>
internal sealed class SessionList(IReadOnlyList<(string Name, ulong DataPointer)> entries) : IStoredRecord<SessionList>
{
    private const int MaxNameSize = 1 << 16;
    private const int MinEntrySize = 2;

    public IReadOnlyList<(string Name, ulong DataPointer)> Entries { get; } = entries;

    public int Size => CompactSize.UInt((ulong)Entries.Count) + Entries.Sum(entry => CompactSize.String(entry.Name) + CompactSize.UInt(entry.DataPointer));

    public static bool TryRead(ref CompactReader reader, out SessionList value)
    {
        value = null!;
        if (!reader.TryReadArrayLength(MinEntrySize, out var count)) return false;
        var entries = new List<(string Name, ulong DataPointer)>(count);
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryReadString(MaxNameSize, out var name) || !reader.TryReadUInt(out var pointer)) return false;
            entries.Add((name, pointer));
        }

        value = new SessionList(entries);
        return true;
    }

    public void Write(ref CompactWriter writer)
    {
        writer.WriteUInt((ulong)Entries.Count);
        foreach (var (name, pointer) in Entries)
        {
            writer.WriteString(name);
            writer.WriteUInt(pointer);
        }
    }
}
