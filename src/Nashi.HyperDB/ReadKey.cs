namespace Nashi.HyperDB;

/// <summary>Reads a key. On bad bytes the reader is marked as failed.</summary>
public delegate TKey ReadKey<out TKey>(ref IndexKeyReader key);
