using System.Diagnostics.CodeAnalysis;
using Nashi.Chat.Epochs;
using Nashi.Encoding;

namespace Nashi.Chat.Ops;

/// <summary>A value of the base: a sealed op, or the record of a key, which cannot be sealed by what it brings.</summary>
internal static class OpFrame
{
    public const byte SealedOp = 1;
    public const byte Epoch = 2;
    public const int MaxSize = OpCodec.MaxSize + 4096;

    public static byte[] Seal(Envelope envelope, ulong keyId, in Bytes32 key, CoreKey room, CoreKey writer, IRandom random) =>
        [SealedOp, .. Sealing.Seal(OpCodec.Encode(envelope), keyId, key, room, writer.Value.AsSpan(), random)];

    public static byte[] Frame(EpochRecord record) => [Epoch, .. record.Encode()];

    public static bool TryReadEpoch(ReadOnlySpan<byte> value, [NotNullWhen(true)] out EpochRecord? record)
    {
        record = null;
        return value.Length > 1 && value[0] == Epoch && EpochRecord.TryDecode(value[1..], out record);
    }

    /// <summary>Opens a sealed op.</summary>
    public static byte[]? Open(ReadOnlySpan<byte> value, in Bytes32 key, CoreKey room, CoreKey writer) => Sealing.Open(value[1..], key, room, writer.Value.AsSpan());
}
