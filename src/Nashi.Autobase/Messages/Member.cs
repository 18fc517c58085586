using Nashi.Encoding;

namespace Nashi.Autobase.Messages;

/// <summary>What the system knows of a writer, and how much of its core is applied.</summary>
internal readonly record struct Member(bool IsIndexer, bool IsRemoved, ulong Length) : IMessage<Member>
{
    public static bool TryRead(ref CompactReader reader, out Member message)
    {
        message = default;
        if (!reader.TryReadUInt(out var flags) || !reader.TryReadUInt(out var length)) return false;
        message = new((flags & 1) != 0, (flags & 2) != 0, length);
        return true;
    }

    public void Write(ref CompactWriter writer)
    {
        writer.WriteUInt((ulong)((IsIndexer ? 1 : 0) | (IsRemoved ? 2 : 0)));
        writer.WriteUInt(Length);
    }
}
