namespace Nashi.Dht.Records;

/// <summary>How much a node stores for others. Source: network.md §3.2, threats.md §3 row 9.</summary>
public sealed record RecordLimits
{
    /// <summary>The defaults.</summary>
    public static RecordLimits Default { get; } = new();

    /// <summary>Announcements in all. Default 65 536.</summary>
    public int Announcements { get; init; } = 65_536;

    /// <summary>Announcements under one topic. Default 1024.</summary>
    public int AnnouncementsPerTopic { get; init; } = 1024;

    /// <summary>Announcements from one host, the own machine excepted. Default 2048.</summary>
    public int AnnouncementsPerHost { get; init; } = 2048;

    /// <summary>How long an announcement is kept. Default 20 minutes.</summary>
    public TimeSpan AnnouncementAge { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>Mutable, and as many immutable, values. Default 32 768.</summary>
    public int Values { get; init; } = 32_768;

    /// <summary>Bytes of mutable, and as many of immutable, values. Default 16 MiB.</summary>
    public int ValueBytes { get; init; } = 16 << 20;

    /// <summary>Values from one host, the own machine excepted. Default 4096.</summary>
    public int ValuesPerHost { get; init; } = 4096;

    /// <summary>Bytes of one value. Default 1024.</summary>
    public int ValueSize { get; init; } = 1024;

    /// <summary>How long a value is kept. Default 48 hours.</summary>
    public TimeSpan ValueAge { get; init; } = TimeSpan.FromHours(48);
}
