using Nashi.Encoding;

namespace Nashi.Storage.Records;

/// <summary>What the store knows of itself: the next free pointers, the primary key and the first core. Spec: data.md §4.4.</summary>
internal readonly record struct StoreHead : IStoredRecord<StoreHead>
{
    /// <summary>The layout this code reads and writes.</summary>
    public const ulong CurrentVersion = 2;

    private const ulong HasSeed = 1;
    private const ulong HasDefault = 2;

    public StoreHead() => Version = CurrentVersion;

    public ulong Version { get; init; }

    public ulong NextCore { get; init; }

    public ulong NextData { get; init; }

    public ulong NextGroup { get; init; }

    public Bytes32? PrimaryKey { get; init; }

    public DiscoveryKey? DefaultCore { get; init; }

    public int Size => CompactSize.UInt(Version) + CompactSize.UInt(NextCore) + CompactSize.UInt(NextData) + CompactSize.UInt(NextGroup)
        + 1 + (PrimaryKey is null ? 0 : Bytes32.Size) + (DefaultCore is null ? 0 : Bytes32.Size);

    public static bool TryRead(ref CompactReader reader, out StoreHead value)
    {
        value = default;
        if (!reader.TryReadUInt(out var version)) return false;
        if (version != CurrentVersion)
        {
            // Other layouts differ from here on: the store says so and goes no further.
            value = new StoreHead { Version = version };
            return true;
        }

        if (!reader.TryReadUInt(out var cores) || !reader.TryReadUInt(out var datas) || !reader.TryReadUInt(out var groups)) return false;
        if (!reader.TryReadUInt(out var flags)) return false;
        Bytes32 seed = default, first = default;
        if ((flags & HasSeed) != 0 && !reader.TryReadFixed32(out seed)) return false;
        if ((flags & HasDefault) != 0 && !reader.TryReadFixed32(out first)) return false;
        value = new StoreHead
        {
            NextCore = cores,
            NextData = datas,
            NextGroup = groups,
            PrimaryKey = (flags & HasSeed) != 0 ? seed : null,
            DefaultCore = (flags & HasDefault) != 0 ? new DiscoveryKey(first) : null,
        };
        return true;
    }

    public void Write(ref CompactWriter writer)
    {
        writer.WriteUInt(Version);
        writer.WriteUInt(NextCore);
        writer.WriteUInt(NextData);
        writer.WriteUInt(NextGroup);
        writer.WriteUInt((PrimaryKey is null ? 0 : HasSeed) | (DefaultCore is null ? 0 : HasDefault));
        if (PrimaryKey is { } seed) writer.WriteFixed32(seed);
        if (DefaultCore is { } first) writer.WriteFixed32(first.Value);
    }
}
