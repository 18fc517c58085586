namespace Nashi.HyperDB;

/// <summary>What a transaction will do to one record, and to the keys that lead to it.</summary>
/// <param name="Tick">When it was asked for: later updates have higher ticks.</param>
/// <param name="CollectionId">The collection of the record.</param>
/// <param name="Key">The key of the record.</param>
/// <param name="Value">What will be stored; <see langword="null"/> to delete.</param>
/// <param name="Indexes">Index keys that will be set (to the record's key) or deleted, in the order they are written.</param>
internal sealed record PendingUpdate(long Tick, ulong CollectionId, byte[] Key, byte[]? Value, IReadOnlyList<IndexUpdate> Indexes);
