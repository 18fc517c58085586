using System.Diagnostics.CodeAnalysis;
using Nashi.Encoding;

namespace Nashi.Autobase.Messages;

/// <summary>One block of a writer's core: a node of the graph, and what its writer signed and knows. Spec: data.md §7.2.</summary>
/// <remarks>Version 2 is written; 0, 1 and 2 are read.</remarks>
internal sealed record OplogMessage : IMessage<OplogMessage>
{
    public const ulong CurrentVersion = 2;

    /// <summary>The version as read.</summary>
    public ulong Version { get; init; } = CurrentVersion;

    /// <summary>The nodes that this one follows, in its writer's order.</summary>
    public IReadOnlyList<WriterHead> Heads { get; init; } = [];

    /// <summary>How many blocks of its batch begin here: n, n−1, … 1.</summary>
    public ulong Batch { get; init; } = 1;

    /// <summary>What the user appended; null acknowledges only.</summary>
    public byte[]? Value { get; init; }

    public Checkpoint? Checkpoint { get; init; }

    public SystemDigest? Digest { get; init; }

    public bool IsOptimistic { get; init; }

    public ReadTrace? Trace { get; init; }

    /// <summary>Versions 0 and 1 only: the newest version their writer could read.</summary>
    public ulong MaxSupportedVersion { get; init; }

    public static bool TryRead(ref CompactReader reader, [MaybeNullWhen(false)] out OplogMessage message)
    {
        message = null;
        if (!reader.TryReadUInt(out var version)) return false;
        return version switch
        {
            0 => TryReadVersion0(ref reader, out message),
            1 => TryReadVersion1(ref reader, out message),
            2 => TryReadVersion2(ref reader, out message),
            _ => false,
        };
    }

    public void Write(ref CompactWriter writer)
    {
        writer.WriteUInt(CurrentVersion);
        writer.WriteHeads(Heads);
        writer.WriteUInt(Batch);
        writer.WriteBuffer(Value ?? []);
        writer.WriteUInt((ulong)((Checkpoint is null ? 0 : 1) | (Digest is null ? 0 : 2) | (IsOptimistic ? 4 : 0) | (Trace is null ? 0 : 8)));
        if (Checkpoint is not null) writer.WriteFramed(Checkpoint);
        if (Digest is { } digest) writer.WriteFramed(digest);
        if (Trace is not null) writer.WriteFramed(Trace);
    }

    private static bool TryReadVersion2(ref CompactReader reader, [MaybeNullWhen(false)] out OplogMessage message)
    {
        message = null;
        if (!TryReadNode(ref reader, out var node) || !reader.TryReadUInt(out var flags)) return false;
        Checkpoint? checkpoint = null;
        SystemDigest digest = default;
        ReadTrace? trace = null;
        if ((flags & 1) != 0 && !reader.TryReadFramed<Checkpoint>(out checkpoint)) return false;
        if ((flags & 2) != 0 && !reader.TryReadFramed<SystemDigest>(out digest)) return false;
        if ((flags & 8) != 0 && !reader.TryReadFramed<ReadTrace>(out trace)) return false;
        message = node with { Checkpoint = checkpoint, Digest = (flags & 2) != 0 ? digest : null, IsOptimistic = (flags & 4) != 0, Trace = trace };
        return true;
    }

    private static bool TryReadVersion1(ref CompactReader reader, [MaybeNullWhen(false)] out OplogMessage message)
    {
        message = null;
        if (!reader.TryReadUInt(out var supported) || !reader.TryReadUInt(out var flags)) return false;
        Checkpoint? checkpoint = null;
        SystemDigest digest = default;
        var isSigned = (flags & 1) != 0;
        if (isSigned && (!Checkpoint.TryReadLegacy(ref reader, out checkpoint) || !SystemDigest.TryReadLegacy(ref reader, out digest))) return false;
        if (!TryReadNode(ref reader, out var node)) return false;
        message = node with
        {
            Version = 1,
            MaxSupportedVersion = supported,
            Checkpoint = checkpoint,
            Digest = isSigned ? digest : null,
            IsOptimistic = (flags & 2) != 0,
        };
        return true;
    }

    private static bool TryReadVersion0(ref CompactReader reader, [MaybeNullWhen(false)] out OplogMessage message)
    {
        message = null;
        if (!reader.TryReadUInt(out var flags)) return false;
        Checkpoint? checkpoint = null;
        if ((flags & 1) != 0 && (!TrySkipIndexers(ref reader) || !Checkpoint.TryReadLegacy(ref reader, out checkpoint))) return false;
        if (!TryReadNode(ref reader, out var node) || !TrySkipAdditional(ref reader)) return false;
        ulong supported = 0;
        if (!reader.IsEmpty && !reader.TryReadUInt(out supported)) return false;
        message = node with { Version = 0, MaxSupportedVersion = supported, Checkpoint = checkpoint };
        return true;
    }

    private static bool TryReadNode(ref CompactReader reader, [MaybeNullWhen(false)] out OplogMessage node)
    {
        node = null;
        if (!reader.TryReadHeads(out var heads) || !reader.TryReadUInt(out var batch) || !reader.TryReadBuffer(out var value)) return false;
        node = new() { Heads = heads, Batch = batch, Value = value.IsEmpty ? null : value.ToArray() };
        return true;
    }

    // Version 0 named the signers themselves. Nobody reads them any more.
    private static bool TrySkipIndexers(ref CompactReader reader)
    {
        const int signerSize = 2 * Bytes32.Size;
        if (!reader.TryReadUInt(out var pointer)) return false;
        if (pointer != 0) return true;
        if (!reader.TryReadArrayLength(1 + signerSize, out var count)) return false;
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryReadUInt(out _) || !reader.TryReadFixed(signerSize, out _)) return false;
        }

        return true;
    }

    private static bool TrySkipAdditional(ref CompactReader reader)
    {
        if (!reader.TryReadUInt(out var pointer)) return false;
        if (pointer != 0) return true;
        if (!reader.TryReadUInt(out var flags)) return false;
        if ((flags & 1) != 0 && !reader.TryReadFixed32(out _)) return false;
        return (flags & 2) == 0 || reader.TryReadUInt(out _);
    }
}
