using Nashi.Hyperschema;

namespace Nashi.HyperDB;

/// <summary>Puts a record together from its key and its value. On bad bytes one of the readers is marked as failed.</summary>
public delegate TRecord ReadRecord<out TRecord>(ref IndexKeyReader key, ref SchemaReader value);
