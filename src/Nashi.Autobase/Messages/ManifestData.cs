using Nashi.Encoding;

namespace Nashi.Autobase.Messages;

/// <summary>The user data of a view core's manifest after a fork, and of an anchor's. Spec: data.md §8.1.</summary>
internal readonly record struct ManifestData : IMessage<ManifestData>
{
    public ulong Version { get; init; }

    /// <summary>How many blocks at the start are encrypted in the older way.</summary>
    public ulong LegacyBlocks { get; init; }

    /// <summary>An anchor's namespace, which stands for its core key when block keys are derived.</summary>
    public Bytes32? Namespace { get; init; }

    public static bool TryRead(ref CompactReader reader, out ManifestData message)
    {
        message = default;
        if (!reader.TryReadUInt(out var version) || !reader.TryReadUInt(out var flags)) return false;
        if (!reader.TryReadOptional((flags & 1) != 0, out ulong legacy) || !reader.TryReadOptional((flags & 2) != 0, out Bytes32? name)) return false;
        message = new() { Version = version, LegacyBlocks = legacy, Namespace = name };
        return true;
    }

    public void Write(ref CompactWriter writer)
    {
        writer.WriteUInt(Version);
        writer.WriteUInt((ulong)((LegacyBlocks == 0 ? 0 : 1) | (Namespace is null ? 0 : 2)));
        if (LegacyBlocks != 0) writer.WriteUInt(LegacyBlocks);
        if (Namespace is { } name) writer.WriteFixed32(name);
    }
}
