using Nashi.Encoding;
using Nashi.Storage.Records;

namespace Nashi.Storage;

/// <summary>The name under which a store keeps a core of its own.</summary>
/// <param name="Name">Any text.</param>
/// <param name="Namespace">The namespace it was named in; zero for the root.</param>
public readonly record struct CoreAlias(string Name, Bytes32 Namespace) : IStoredRecord<CoreAlias>
{
    /// <summary>The longest name read back from a store, in UTF-8 bytes.</summary>
    public const int MaxNameSize = 1 << 16;

    int IStoredRecord<CoreAlias>.Size => CompactSize.String(Name) + Bytes32.Size;

    /// <summary>How many bytes the name takes in UTF-8.</summary>
    internal int NameSize => System.Text.Encoding.UTF8.GetByteCount(Name);

    static bool IStoredRecord<CoreAlias>.TryRead(ref CompactReader reader, out CoreAlias value)
    {
        value = default;
        if (!reader.TryReadString(MaxNameSize, out var name) || !reader.TryReadFixed32(out var space)) return false;
        value = new CoreAlias(name, space);
        return true;
    }

    void IStoredRecord<CoreAlias>.Write(ref CompactWriter writer)
    {
        writer.WriteString(Name);
        writer.WriteFixed32(Namespace);
    }
}
