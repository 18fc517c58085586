using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Nashi.Encoding;

namespace Nashi.Autobase.Messages;

/// <summary>Whole messages, frames and the lists they share. Bytes after a message are ignored, as fields that later versions add.</summary>
internal static class MessageCodec
{
    public static byte[] Encode<T>(T message)
        where T : IMessage<T>
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CompactWriter(output);
        message.Write(ref writer);
        return output.WrittenSpan.ToArray();
    }

    public static bool TryDecode<T>(ReadOnlySpan<byte> bytes, [MaybeNullWhen(false)] out T message)
        where T : IMessage<T>
    {
        var reader = new CompactReader(bytes);
        return T.TryRead(ref reader, out message);
    }

    public static void WriteFramed<T>(this ref CompactWriter writer, T message)
        where T : IMessage<T> => writer.WriteBuffer(Encode(message));

    public static bool TryReadFramed<T>(this ref CompactReader reader, [MaybeNullWhen(false)] out T message)
        where T : IMessage<T>
    {
        message = default;
        return reader.TryReadBuffer(out var framed) && TryDecode(framed, out message);
    }

    public static void WriteHeads(this ref CompactWriter writer, IReadOnlyList<WriterHead> heads)
    {
        writer.WriteUInt((ulong)heads.Count);
        foreach (var head in heads)
        {
            writer.WriteFixed32(head.Key.Value);
            writer.WriteUInt(head.Length);
        }
    }

    public static bool TryReadHeads(this ref CompactReader reader, out WriterHead[] heads)
    {
        heads = [];
        if (!reader.TryReadArrayLength(Bytes32.Size + 1, out var count)) return false;
        var all = count == 0 ? [] : new WriterHead[count];
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryReadFixed32(out var key) || !reader.TryReadUInt(out var length)) return false;
            all[i] = new(new CoreKey(key), length);
        }

        heads = all;
        return true;
    }

    public static void WriteKeys(this ref CompactWriter writer, IReadOnlyList<CoreKey> keys)
    {
        writer.WriteUInt((ulong)keys.Count);
        foreach (var key in keys) writer.WriteFixed32(key.Value);
    }

    public static bool TryReadKeys(this ref CompactReader reader, out CoreKey[] keys)
    {
        keys = [];
        if (!reader.TryReadArrayLength(Bytes32.Size, out var count)) return false;
        var all = count == 0 ? [] : new CoreKey[count];
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryReadFixed32(out var key)) return false;
            all[i] = new(key);
        }

        keys = all;
        return true;
    }

    public static void WriteList<T>(this ref CompactWriter writer, IReadOnlyList<T> list)
        where T : IMessage<T>
    {
        writer.WriteUInt((ulong)list.Count);
        foreach (var item in list) item.Write(ref writer);
    }

    public static bool TryReadList<T>(this ref CompactReader reader, int minItemSize, out T[] list)
        where T : IMessage<T>
    {
        list = [];
        if (!reader.TryReadArrayLength(minItemSize, out var count)) return false;
        var all = count == 0 ? [] : new T[count];
        for (var i = 0; i < count; i++)
        {
            if (!T.TryRead(ref reader, out var item)) return false;
            all[i] = item;
        }

        list = all;
        return true;
    }

    /// <summary>Reads one of the numbers that count blocks back; absent means zero.</summary>
    public static bool TryReadOptional(this ref CompactReader reader, bool isPresent, out ulong value)
    {
        value = 0;
        return !isPresent || reader.TryReadUInt(out value);
    }

    /// <summary>Reads 32 bytes that may be absent.</summary>
    public static bool TryReadOptional(this ref CompactReader reader, bool isPresent, out Bytes32? value)
    {
        value = null;
        if (!isPresent) return true;
        if (!reader.TryReadFixed32(out var bytes)) return false;
        value = bytes;
        return true;
    }
}
