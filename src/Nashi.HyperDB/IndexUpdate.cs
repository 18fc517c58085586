namespace Nashi.HyperDB;

/// <summary>An index key that will be set to a record's key, or deleted.</summary>
internal readonly record struct IndexUpdate(byte[] Key, byte[]? Value);
