using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Nashi.Encoding;

namespace Nashi.Protomux.Rpc;

/// <summary>The usual codecs, with the reference's name for each.</summary>
public static class RpcCodec
{
    /// <summary>Bytes or none: a length and that many bytes; nothing and no bytes are the same. The reference's default (<c>optionalBuffer</c>).</summary>
    public static IRpcCodec<ReadOnlyMemory<byte>?> OptionalBuffer { get; } = new OptionalBufferCodec();

    /// <summary>All bytes as they are (<c>raw</c>).</summary>
    public static IRpcCodec<ReadOnlyMemory<byte>> Raw { get; } = new RawCodec();

    /// <summary>A length and that many bytes of UTF-8 (<c>string</c>).</summary>
    public static IRpcCodec<string> Text { get; } = new TextCodec();

    /// <summary>A variable-length unsigned integer (<c>uint</c>).</summary>
    public static IRpcCodec<ulong> UInt { get; } = new UIntCodec();

    /// <summary>A length and that many bytes of JSON (<c>json</c>).</summary>
    /// <param name="type">How the values look; from a source-generated context.</param>
    public static IRpcCodec<T> Json<T>(JsonTypeInfo<T> type) => new JsonCodec<T>(type);

    private sealed class OptionalBufferCodec : IRpcCodec<ReadOnlyMemory<byte>?>
    {
        public void Encode(ReadOnlyMemory<byte>? value, IBufferWriter<byte> output)
        {
            var writer = new CompactWriter(output);
            writer.WriteBuffer(value.GetValueOrDefault().Span);
        }

        public bool TryDecode(ReadOnlyMemory<byte> bytes, out ReadOnlyMemory<byte>? value)
        {
            var ok = TryTakeBuffer(bytes, out var inner);
            value = inner.IsEmpty ? (ReadOnlyMemory<byte>?)null : inner;
            return ok;
        }
    }

    private sealed class RawCodec : IRpcCodec<ReadOnlyMemory<byte>>
    {
        public void Encode(ReadOnlyMemory<byte> value, IBufferWriter<byte> output) => output.Write(value.Span);

        public bool TryDecode(ReadOnlyMemory<byte> bytes, out ReadOnlyMemory<byte> value)
        {
            value = bytes;
            return true;
        }
    }

    private sealed class TextCodec : IRpcCodec<string>
    {
        public void Encode(string value, IBufferWriter<byte> output)
        {
            var writer = new CompactWriter(output);
            writer.WriteString(value);
        }

        public bool TryDecode(ReadOnlyMemory<byte> bytes, out string value)
        {
            var reader = new CompactReader(bytes.Span);
            return reader.TryReadString(int.MaxValue, out value);
        }
    }

    private sealed class UIntCodec : IRpcCodec<ulong>
    {
        public void Encode(ulong value, IBufferWriter<byte> output)
        {
            var writer = new CompactWriter(output);
            writer.WriteUInt(value);
        }

        public bool TryDecode(ReadOnlyMemory<byte> bytes, out ulong value)
        {
            var reader = new CompactReader(bytes.Span);
            return reader.TryReadUInt(out value);
        }
    }

    private sealed class JsonCodec<T>(JsonTypeInfo<T> type) : IRpcCodec<T>
    {
        public void Encode(T value, IBufferWriter<byte> output)
        {
            var writer = new CompactWriter(output);
            writer.WriteBuffer(JsonSerializer.SerializeToUtf8Bytes(value, type));
        }

        public bool TryDecode(ReadOnlyMemory<byte> bytes, out T value)
        {
            value = default!;
            if (!TryTakeBuffer(bytes, out var json)) return false;
            try
            {
                value = JsonSerializer.Deserialize(json.Span, type)!;
                return true;
            }
            catch (JsonException)
            {
                return false;
            }
        }
    }

    private static bool TryTakeBuffer(ReadOnlyMemory<byte> bytes, out ReadOnlyMemory<byte> inner)
    {
        var reader = new CompactReader(bytes.Span);
        var ok = reader.TryReadBuffer(out var found);
        inner = ok ? bytes.Slice(bytes.Length - reader.Remaining - found.Length, found.Length) : default;
        return ok;
    }
}
