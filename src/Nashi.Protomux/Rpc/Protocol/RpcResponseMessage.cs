using Nashi.Encoding;

namespace Nashi.Protomux.Rpc.Protocol;

/// <summary>Answers a request with a value or an error.</summary>
/// <remarks>Source: network.md §5.3.</remarks>
internal static class RpcResponseMessage
{
    public const int Type = 1;

    private const ulong ErrorFlag = 1, CodeFlag = 2, CauseFlag = 4, ContextFlag = 8;

    /// <summary>Reads an answer; <paramref name="error"/> is null when it is the value.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> bytes, out ulong id, out RpcError? error, out ReadOnlyMemory<byte> value)
    {
        (id, error, value) = (0, null, default);
        var reader = new CompactReader(bytes.Span);
        if (!reader.TryReadUInt(out var flags) || !reader.TryReadUInt(out id)) return false;
        if ((flags & ErrorFlag) != 0) return TryReadError(ref reader, flags, out error);
        value = bytes[^reader.Remaining..];
        return true;
    }

    public static void WriteHead(ref CompactWriter writer, ulong id)
    {
        writer.WriteUInt(0);
        writer.WriteUInt(id);
    }

    public static void WriteError(ref CompactWriter writer, ulong id, RpcError error)
    {
        var cause = error.Cause;
        var hasContext = !string.IsNullOrEmpty(cause?.Context);
        writer.WriteUInt(ErrorFlag | Bit(error.Code is not null, CodeFlag) | Bit(cause is not null, CauseFlag) | Bit(hasContext, ContextFlag));
        writer.WriteUInt(id);
        writer.WriteString(error.Message);
        if (error.Code is not null) writer.WriteString(error.Code);
        if (cause is null) return;
        writer.WriteString(cause.Message);
        writer.WriteString(cause.Code ?? "");
        if (hasContext) writer.WriteString(cause.Context);
    }

    private static bool TryReadError(ref CompactReader reader, ulong flags, out RpcError? error)
    {
        const int Max = RpcOptions.MaxErrorTextSize;
        error = null;
        var (code, cause) = ((string?)null, (RpcErrorCause?)null);
        if (!reader.TryReadString(Max, out var message)) return false;
        if ((flags & CodeFlag) != 0 && !reader.TryReadString(Max, out code)) return false;
        if ((flags & CauseFlag) != 0)
        {
            var context = "";
            if (!reader.TryReadString(Max, out var why) || !reader.TryReadString(Max, out var causeCode)) return false;
            if ((flags & ContextFlag) != 0 && !reader.TryReadString(Max, out context)) return false;
            cause = new(why, NullIfEmpty(causeCode), NullIfEmpty(context));
        }

        error = new(NullIfEmpty(code), message, cause);
        return true;
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static ulong Bit(bool set, ulong flag) => set ? flag : 0;
}
