using System.Buffers;
using Nashi.Hyperbee.Tree;

namespace Nashi.Hyperbee;

/// <summary>The first block of a tree: which protocol the log speaks, and its metadata.</summary>
/// <param name="Protocol"><c>hyperbee</c> for a tree of this kind.</param>
/// <param name="Metadata">What it says about the tree.</param>
public sealed record BeeHeader(string Protocol, BeeMetadata? Metadata)
{
    /// <summary>The protocol of this package's trees.</summary>
    public const string BeeProtocol = "hyperbee";

    /// <summary>Encodes the block.</summary>
    public byte[] Encode()
    {
        var output = new ArrayBufferWriter<byte>();
        ProtoWriter.WriteBytes(output, 1, Utf8.Bytes(Protocol));
        if (Metadata is not null) ProtoWriter.WriteBytes(output, 2, EncodeMetadata(Metadata));
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Decodes a block; <see langword="false"/> when it is no header.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> block, out BeeHeader header)
    {
        header = new BeeHeader("", null);
        var reader = new ProtoReader(block);
        var found = false;
        while (reader.TryReadTag(out var field, out var kind))
        {
            if (field == 1 && reader.TryReadBytes(kind, out var protocol))
            {
                header = header with { Protocol = Utf8.Text(protocol) };
                found = true;
            }
            else if (field == 2 && reader.TryReadBytes(kind, out var inner) && TryDecodeMetadata(inner, out var metadata))
            {
                header = header with { Metadata = metadata };
            }
            else if (field is 1 or 2 || !reader.TrySkip(kind))
            {
                return false;
            }
        }

        return found && !reader.IsBroken;
    }

    private static byte[] EncodeMetadata(BeeMetadata metadata)
    {
        var output = new ArrayBufferWriter<byte>();
        if (metadata.ContentFeed is { } feed) ProtoWriter.WriteBytes(output, 1, feed.Span);
        if (metadata.UserData is { } data) ProtoWriter.WriteBytes(output, 2, data.Span);
        return output.WrittenSpan.ToArray();
    }

    private static bool TryDecodeMetadata(ReadOnlySpan<byte> bytes, out BeeMetadata metadata)
    {
        metadata = new BeeMetadata(null);
        var reader = new ProtoReader(bytes);
        while (reader.TryReadTag(out var field, out var kind))
        {
            if (field == 1 && reader.TryReadBytes(kind, out var feed)) metadata = metadata with { ContentFeed = feed.ToArray() };
            else if (field == 2 && reader.TryReadBytes(kind, out var data)) metadata = metadata with { UserData = data.ToArray() };
            else if (field is 1 or 2 || !reader.TrySkip(kind)) return false;
        }

        return !reader.IsBroken;
    }
}
