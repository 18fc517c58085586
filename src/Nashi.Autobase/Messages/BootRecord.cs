using System.Diagnostics.CodeAnalysis;
using Nashi.Encoding;

namespace Nashi.Autobase.Messages;

/// <summary>Where a base starts from when it opens: its system core and the applied length. Spec: data.md §7.6.</summary>
internal sealed record BootRecord : IMessage<BootRecord>
{
    public const ulong CurrentVersion = 3;

    public ulong Version { get; init; } = CurrentVersion;

    /// <summary>The system core.</summary>
    public CoreKey Key { get; init; }

    /// <summary>How much of the system core is applied and indexed.</summary>
    public ulong SystemLength { get; init; }

    public bool IndexersUpdated { get; init; }

    public bool FastForwarding { get; init; }

    public ulong Recoveries { get; init; }

    /// <summary>Version 0 only: the heads it recorded.</summary>
    public IReadOnlyList<WriterHead> Heads { get; init; } = [];

    public static bool TryRead(ref CompactReader reader, [MaybeNullWhen(false)] out BootRecord message)
    {
        message = null;
        if (!reader.TryReadUInt(out var version) || version > CurrentVersion) return false;
        if (!reader.TryReadFixed32(out var key) || !reader.TryReadUInt(out var length)) return false;
        var record = new BootRecord { Version = version, Key = new(key), SystemLength = length };
        return version == 0 ? TryReadHeads(ref reader, record, out message) : TryReadFlags(ref reader, record, out message);
    }

    public void Write(ref CompactWriter writer)
    {
        writer.WriteUInt(CurrentVersion);
        writer.WriteFixed32(Key.Value);
        writer.WriteUInt(SystemLength);
        writer.WriteUInt((ulong)((IndexersUpdated ? 1 : 0) | (FastForwarding ? 2 : 0) | (Recoveries == 0 ? 0 : 4)));
        if (Recoveries != 0) writer.WriteUInt(Recoveries);
    }

    private static bool TryReadFlags(ref CompactReader reader, BootRecord record, [MaybeNullWhen(false)] out BootRecord message)
    {
        message = null;
        if (!reader.TryReadUInt(out var flags) || !reader.TryReadOptional((flags & 4) != 0, out ulong recoveries)) return false;
        message = record with { IndexersUpdated = (flags & 1) != 0, FastForwarding = (flags & 2) != 0, Recoveries = recoveries };
        return true;
    }

    // The oldest layout counts as recovered once: its state is rebuilt on opening.
    private static bool TryReadHeads(ref CompactReader reader, BootRecord record, [MaybeNullWhen(false)] out BootRecord message)
    {
        message = null;
        if (!reader.TryReadHeads(out var heads)) return false;
        message = record with { Recoveries = 1, Heads = heads };
        return true;
    }
}
