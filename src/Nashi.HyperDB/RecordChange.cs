namespace Nashi.HyperDB;

/// <summary>One step in the history of a collection.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Seq">The block of the log that did it.</param>
/// <param name="Key">The key of the record.</param>
/// <param name="Record">The record; <see langword="null"/> when it was deleted.</param>
public sealed record RecordChange<TRecord, TKey>(RecordChangeKind Kind, ulong Seq, TKey Key, TRecord? Record)
    where TRecord : class
    where TKey : struct;
