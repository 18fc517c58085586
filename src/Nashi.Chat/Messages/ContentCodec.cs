using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Nashi.Chat.Ops;
using Nashi.Encoding;
using Nashi.Hyperdrive;

namespace Nashi.Chat.Messages;

/// <summary>Contents as blocks of a content core.</summary>
internal static class ContentCodec
{
    public const int MaxAttachments = 16;
    public const int MaxType = 256;
    public const int MaxSealed = 128 * 1024;

    private const byte Version = 1;

    public static byte[] Encode(Content content)
    {
        var buffer = new ArrayBufferWriter<byte>(content.Text.Length + 64);
        var writer = new CompactWriter(buffer);
        writer.WriteByte(Version);
        writer.WriteString(content.Text);
        writer.WriteUInt((ulong)content.Attachments.Count);
        foreach (var file in content.Attachments)
        {
            writer.WriteString(file.Name);
            writer.WriteString(file.Type);
            writer.WriteUInt(file.Size);
            writer.WriteUInt(file.Blob.BlockOffset);
            writer.WriteUInt(file.Blob.BlockLength);
            writer.WriteUInt(file.Blob.ByteOffset);
            writer.WriteUInt(file.Blob.ByteLength);
            writer.WriteFixed32(file.Key);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a stranger's bytes.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, CoreKey core, [NotNullWhen(true)] out Content? content)
    {
        content = null;
        var reader = new CompactReader(bytes);
        if (!reader.TryReadByte(out var version) || version != Version || !reader.TryReadString(Draft.MaxText, out var text)) return false;
        if (!reader.TryReadArrayLength(Bytes32.Size + 7, out var count) || count > MaxAttachments) return false;
        var files = new Attachment[count];
        for (var i = 0; i < count; i++)
        {
            if (!TryReadFile(ref reader, core, out var file)) return false;
            files[i] = file;
        }

        if (!reader.IsEmpty) return false;
        content = new(text, files);
        return true;
    }

    /// <summary>Which block a content is sealed for.</summary>
    public static byte[] Place(CoreKey core, ulong index)
    {
        var place = new byte[Bytes32.Size + 8];
        core.Value.AsSpan().CopyTo(place);
        BinaryPrimitives.WriteUInt64LittleEndian(place.AsSpan(Bytes32.Size), index);
        return place;
    }

    private static bool TryReadFile(ref CompactReader reader, CoreKey core, [NotNullWhen(true)] out Attachment? file)
    {
        file = null;
        if (!reader.TryReadString(Attachment.MaxName, out var name) || !reader.TryReadString(MaxType, out var type) || !reader.TryReadUInt(out var size)) return false;
        if (!reader.TryReadUInt(out var block) || !reader.TryReadUInt(out var blocks) || !reader.TryReadUInt(out var offset) || !reader.TryReadUInt(out var length)) return false;
        if (!reader.TryReadFixed32(out var key) || !FileNames.IsSafe(name)) return false;
        file = new() { Name = name, Type = type, Size = size, Core = core, Blob = new BlobId(block, blocks, offset, length), Key = key };
        return true;
    }
}
