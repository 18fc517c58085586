using System.Diagnostics.CodeAnalysis;
using Nashi.Encoding;

namespace Nashi.Chat.Rooms;

/// <summary>A line of a room's log: what was written, sealed as it was, by whom, and whether it counts.</summary>
/// <param name="Id">Which op.</param>
/// <param name="Verdict">Whether it was applied.</param>
/// <param name="Value">The op as it was written.</param>
/// <param name="Lingering">The removed writer that the base still has after it, as its last indexer.</param>
internal readonly record struct LogEntry(MessageId Id, Refusal Verdict, ReadOnlyMemory<byte> Value, CoreKey? Lingering = null)
{
    private const byte HasLingering = 0x80;

    // A value that was refused unread may be of any size: no more of it is kept than this.
    private const int UnreadMax = 64;

    /// <summary>Whether the verdict does not depend on what the value says, which is not kept then.</summary>
    public bool IsUnread => Verdict is Refusal.Malformed or Refusal.Forged or Refusal.UnknownKey or Refusal.NotAMember;

    public byte[] Encode()
    {
        var value = IsUnread && Value.Length > UnreadMax ? Value[..UnreadMax] : Value;
        var bytes = new byte[1 + (Lingering is null ? 0 : Bytes32.Size) + Bytes32.Size + CompactSize.UInt(Id.Length) + value.Length];
        var writer = new CompactWriter(bytes);
        writer.WriteByte((byte)((byte)Verdict | (Lingering is null ? 0 : HasLingering)));
        if (Lingering is { } key) writer.WriteFixed32(key.Value);
        writer.WriteFixed32(Id.Writer.Value);
        writer.WriteUInt(Id.Length);
        writer.WriteFixed(value.Span);
        return bytes;
    }

    public static bool TryDecode(ReadOnlyMemory<byte> bytes, out LogEntry entry)
    {
        entry = default;
        var reader = new CompactReader(bytes.Span);
        if (!reader.TryReadByte(out var verdict)) return false;
        Bytes32 lingering = default;
        var hasLingering = (verdict & HasLingering) != 0;
        if (hasLingering && !reader.TryReadFixed32(out lingering)) return false;
        if (!reader.TryReadFixed32(out var writer) || !reader.TryReadUInt(out var length)) return false;
        entry = new(new(new(writer), length), (Refusal)(verdict & ~HasLingering), bytes[^reader.Remaining..], hasLingering ? new CoreKey(lingering) : null);
        return true;
    }
}
