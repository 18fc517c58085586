using System.Diagnostics.CodeAnalysis;
using Nashi.Encoding;

namespace Nashi.Autobase.Messages;

/// <summary>The state of a base after a batch of nodes: who indexes, what was last, where the views are. Spec: data.md §7.5.</summary>
/// <remarks>Versions 0 and 1 share a layout; version 2 adds what forks need.</remarks>
internal sealed record SystemInfo : IMessage<SystemInfo>
{
    public const ulong DefaultVersion = 1;
    public const ulong MaxVersion = 2;

    public static SystemInfo Empty { get; } = new();

    public ulong Version { get; init; } = DefaultVersion;

    /// <summary>How many writers there are that are not removed.</summary>
    public ulong Members { get; init; }

    /// <summary>Writers that become indexers with their next node.</summary>
    public IReadOnlyList<CoreKey> PendingIndexers { get; init; } = [];

    public IReadOnlyList<WriterHead> Indexers { get; init; } = [];

    public IReadOnlyList<WriterHead> Heads { get; init; } = [];

    /// <summary>The user's views, each at the slot where it first appeared.</summary>
    public IReadOnlyList<WriterHead> Views { get; init; } = [];

    public ulong EncryptionLength { get; init; }

    public Bytes32? Entropy { get; init; }

    public static bool TryRead(ref CompactReader reader, [MaybeNullWhen(false)] out SystemInfo message)
    {
        message = null;
        if (!reader.TryReadUInt(out var version) || version > MaxVersion || !reader.TryReadUInt(out var members)) return false;
        if (!reader.TryReadKeys(out var pending) || !reader.TryReadHeads(out var indexers)) return false;
        if (!reader.TryReadHeads(out var heads) || !reader.TryReadHeads(out var views)) return false;
        ulong encryptionLength = 0;
        Bytes32? entropy = null;
        if (version == MaxVersion)
        {
            if (!reader.TryReadUInt(out encryptionLength) || !reader.TryReadUInt(out var flags)) return false;
            if (!reader.TryReadOptional((flags & 1) != 0, out entropy)) return false;
        }

        message = new()
        {
            Version = version,
            Members = members,
            PendingIndexers = pending,
            Indexers = indexers,
            Heads = heads,
            Views = views,
            EncryptionLength = encryptionLength,
            Entropy = entropy,
        };
        return true;
    }

    public void Write(ref CompactWriter writer)
    {
        writer.WriteUInt(Version);
        writer.WriteUInt(Members);
        writer.WriteKeys(PendingIndexers);
        writer.WriteHeads(Indexers);
        writer.WriteHeads(Heads);
        writer.WriteHeads(Views);
        if (Version < MaxVersion) return;
        writer.WriteUInt(EncryptionLength);
        writer.WriteUInt(Entropy is null ? 0u : 1u);
        if (Entropy is { } entropy) writer.WriteFixed32(entropy);
    }
}
