namespace Nashi.Hyperschema;

/// <summary>Writes one value of a schema type.</summary>
public delegate void SchemaWrite<in T>(SchemaWriter writer, T value);
