using System.Buffers;
using Nashi.Encoding;
using Nashi.Protomux.Rpc;

namespace Nashi.BlindPeer.Messages;

/// <summary>What a blind peer knows of a core it keeps: the answer to <see cref="AddCoreRequest"/>. Times are milliseconds since 1970.</summary>
internal sealed record CoreRecordMessage(CoreKey Key, ulong Length, ulong BytesAllocated, ulong Updated, ulong Active, ulong Priority)
{
    public static IRpcCodec<CoreRecordMessage> Codec { get; } = new RecordCodec();

    public bool Announce { get; init; }

    public CoreKey? Referrer { get; init; }

    /// <summary>Blocks below were kept once and given up.</summary>
    public ulong BlocksCleared { get; init; }

    public ulong BytesCleared { get; init; }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, out CoreRecordMessage record)
    {
        record = null!;
        var reader = new CompactReader(bytes);
        Bytes32 referrer = default;
        var (blocksCleared, bytesCleared) = (0UL, 0UL);
        if (!reader.TryReadFixed32(out var key) || !reader.TryReadUInt(out var length) || !reader.TryReadUInt(out var allocated)) return false;
        if (!reader.TryReadUInt(out var updated) || !reader.TryReadUInt(out var active) || !reader.TryReadUInt(out var priority)) return false;
        if (!reader.TryReadUInt(out var flags)) return false;
        if ((flags & 2) != 0 && !reader.TryReadFixed32(out referrer)) return false;
        if ((flags & 4) != 0 && !reader.TryReadUInt(out blocksCleared)) return false;
        if ((flags & 8) != 0 && !reader.TryReadUInt(out bytesCleared)) return false;
        record = new(new CoreKey(key), length, allocated, updated, active, priority)
        {
            Announce = (flags & 1) != 0,
            Referrer = (flags & 2) != 0 ? new CoreKey(referrer) : null,
            BlocksCleared = blocksCleared,
            BytesCleared = bytesCleared,
        };
        return true;
    }

    public void Write(ref CompactWriter writer)
    {
        writer.WriteFixed32(Key.Value);
        foreach (var number in (ReadOnlySpan<ulong>)[Length, BytesAllocated, Updated, Active, Priority]) writer.WriteUInt(number);
        writer.WriteUInt((Announce ? 1UL : 0) | (Referrer is null ? 0UL : 2) | (BlocksCleared == 0 ? 0UL : 4) | (BytesCleared == 0 ? 0UL : 8));
        if (Referrer is { } referrer) writer.WriteFixed32(referrer.Value);
        if (BlocksCleared != 0) writer.WriteUInt(BlocksCleared);
        if (BytesCleared != 0) writer.WriteUInt(BytesCleared);
    }

    private sealed class RecordCodec : IRpcCodec<CoreRecordMessage>
    {
        public void Encode(CoreRecordMessage value, IBufferWriter<byte> output)
        {
            var writer = new CompactWriter(output);
            value.Write(ref writer);
        }

        public bool TryDecode(ReadOnlyMemory<byte> bytes, out CoreRecordMessage value) => CoreRecordMessage.TryDecode(bytes.Span, out value);
    }
}
