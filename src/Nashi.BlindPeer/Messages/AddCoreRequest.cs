using System.Buffers;
using Nashi.Encoding;
using Nashi.Protomux.Rpc;

namespace Nashi.BlindPeer.Messages;

/// <summary>Asks to keep one core, as a request that is answered: the older way. Two fields that no longer mean anything are read past.</summary>
internal sealed record AddCoreRequest(CoreKey Key, CoreKey? Referrer, ulong Priority, bool Announce)
{
    public static IRpcCodec<AddCoreRequest> Codec { get; } = new RequestCodec();

    public static bool TryDecode(ReadOnlySpan<byte> bytes, out AddCoreRequest request)
    {
        request = null!;
        var reader = new CompactReader(bytes);
        Bytes32 referrer = default;
        var priority = 0UL;
        if (!reader.TryReadUInt(out var flags) || !reader.TryReadFixed32(out var key)) return false;
        if ((flags & 1) != 0 && !reader.TryReadFixed32(out referrer)) return false;
        if ((flags & 2) != 0 && !reader.TryReadFixed32(out _)) return false;
        if ((flags & 4) != 0 && !reader.TryReadFixed32(out _)) return false;
        if ((flags & 8) != 0 && !reader.TryReadUInt(out priority)) return false;
        request = new(new CoreKey(key), (flags & 1) != 0 ? new CoreKey(referrer) : null, priority, (flags & 16) != 0);
        return true;
    }

    public void Write(ref CompactWriter writer)
    {
        writer.WriteUInt((Referrer is null ? 0UL : 1) | (Priority == 0 ? 0UL : 8) | (Announce ? 16UL : 0));
        writer.WriteFixed32(Key.Value);
        if (Referrer is { } referrer) writer.WriteFixed32(referrer.Value);
        if (Priority != 0) writer.WriteUInt(Priority);
    }

    private sealed class RequestCodec : IRpcCodec<AddCoreRequest>
    {
        public void Encode(AddCoreRequest value, IBufferWriter<byte> output)
        {
            var writer = new CompactWriter(output);
            value.Write(ref writer);
        }

        public bool TryDecode(ReadOnlyMemory<byte> bytes, out AddCoreRequest value) => AddCoreRequest.TryDecode(bytes.Span, out value);
    }
}
