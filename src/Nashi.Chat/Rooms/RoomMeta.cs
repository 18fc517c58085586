using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Nashi.Encoding;

namespace Nashi.Chat.Rooms;

/// <summary>What a device keeps of a room beside its cores: sealed as a whole.</summary>
internal sealed record RoomMeta
{
    private const byte Version = 1;
    private const int MaxText = 4096;

    public CoreKey? Id { get; init; }

    public string Name { get; init; } = "";

    /// <summary>The name we go by.</summary>
    public string OwnName { get; init; } = "someone";

    /// <summary>The link we join with; null when we made the room or are in.</summary>
    public string? Link { get; init; }

    public bool IsRemoved { get; init; }

    public ulong LastActivity { get; init; }

    public int Unread { get; init; }

    /// <summary>Up to where in the log everything was read.</summary>
    public ulong ReadPosition { get; init; }

    /// <summary>The room's keys.</summary>
    public ImmutableArray<Bytes32> Keys { get; init; } = [];

    /// <summary>Records of keys from others, that the log has not brought yet.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Records { get; init; } = [];

    /// <summary>How much of what we wrote each writer is known to have.</summary>
    public ImmutableDictionary<CoreKey, ulong> Delivered { get; init; } = ImmutableDictionary<CoreKey, ulong>.Empty;

    /// <summary>Up to where in the log all contents are here, or deleted.</summary>
    public ulong FetchedPosition { get; init; }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out RoomMeta? meta)
    {
        meta = null;
        var reader = new CompactReader(bytes);
        if (!reader.TryReadByte(out var version) || version != Version || !reader.TryReadByte(out var flags)) return false;
        Bytes32 id = default;
        var link = "";
        if ((flags & 1) != 0 && !reader.TryReadFixed32(out id)) return false;
        if ((flags & 2) != 0 && !reader.TryReadString(MaxText, out link)) return false;
        if (!reader.TryReadString(MaxText, out var name) || !reader.TryReadString(MaxText, out var own) || !reader.TryReadUInt(out var activity)) return false;
        if (!reader.TryReadInt32(out var unread) || !reader.TryReadUInt(out var read) || !TryReadKeys(ref reader, out var keys) || !TryReadRecords(ref reader, out var records)) return false;
        if (!TryReadLengths(ref reader, out var delivered) || !reader.TryReadUInt(out var fetched) || !reader.IsEmpty) return false;
        meta = new()
        {
            Id = (flags & 1) != 0 ? new CoreKey(id) : null, Link = (flags & 2) != 0 ? link : null, IsRemoved = (flags & 4) != 0, Name = name, OwnName = own,
            LastActivity = activity, Unread = unread, ReadPosition = read, Keys = keys, Records = records, Delivered = delivered, FetchedPosition = fetched,
        };
        return true;
    }

    public byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        var writer = new CompactWriter(buffer);
        writer.WriteByte(Version);
        writer.WriteByte((byte)((Id is null ? 0 : 1) | (Link is null ? 0 : 2) | (IsRemoved ? 4 : 0)));
        if (Id is { } id) writer.WriteFixed32(id.Value);
        if (Link is not null) writer.WriteString(Link);
        writer.WriteString(Name);
        writer.WriteString(OwnName);
        writer.WriteUInt(LastActivity);
        writer.WriteUInt((ulong)Unread);
        writer.WriteUInt(ReadPosition);
        writer.WriteUInt((ulong)Keys.Length);
        foreach (var key in Keys) writer.WriteFixed32(key);
        writer.WriteUInt((ulong)Records.Length);
        foreach (var record in Records) writer.WriteBuffer(record.Span);
        WriteLengths(ref writer, Delivered);
        writer.WriteUInt(FetchedPosition);
        return buffer.WrittenSpan.ToArray();
    }

    private static bool TryReadKeys(ref CompactReader reader, out ImmutableArray<Bytes32> keys)
    {
        keys = [];
        if (!reader.TryReadArrayLength(Bytes32.Size, out var count)) return false;
        var builder = ImmutableArray.CreateBuilder<Bytes32>(count);
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryReadFixed32(out var key)) return false;
            builder.Add(key);
        }

        keys = builder.MoveToImmutable();
        return true;
    }

    private static bool TryReadRecords(ref CompactReader reader, out ImmutableArray<ReadOnlyMemory<byte>> records)
    {
        records = [];
        if (!reader.TryReadArrayLength(1, out var count)) return false;
        var builder = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>(count);
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryReadBuffer(out var record)) return false;
            builder.Add(record.ToArray());
        }

        records = builder.MoveToImmutable();
        return true;
    }

    private static bool TryReadLengths(ref CompactReader reader, out ImmutableDictionary<CoreKey, ulong> lengths)
    {
        lengths = ImmutableDictionary<CoreKey, ulong>.Empty;
        if (!reader.TryReadArrayLength(Bytes32.Size + 1, out var count)) return false;
        var builder = lengths.ToBuilder();
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryReadFixed32(out var key) || !reader.TryReadUInt(out var length)) return false;
            builder[new(key)] = length;
        }

        lengths = builder.ToImmutable();
        return true;
    }

    private static void WriteLengths(ref CompactWriter writer, ImmutableDictionary<CoreKey, ulong> lengths)
    {
        writer.WriteUInt((ulong)lengths.Count);
        foreach (var (key, length) in lengths)
        {
            writer.WriteFixed32(key.Value);
            writer.WriteUInt(length);
        }
    }
}
