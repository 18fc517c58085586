using Nashi.Encoding;

namespace Nashi.Storage.Records;

/// <summary>A value of the store in its own layout. Reading is total: unknown trailing fields are skipped, anything malformed is refused.</summary>
internal interface IStoredRecord<TSelf>
    where TSelf : IStoredRecord<TSelf>
{
    /// <summary>How many bytes <see cref="Write"/> takes.</summary>
    int Size { get; }

    static abstract bool TryRead(ref CompactReader reader, out TSelf value);

    void Write(ref CompactWriter writer);
}
