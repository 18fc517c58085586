namespace Nashi.Hyperschema;

/// <summary>Reads one value of a schema type. On bad bytes the reader is marked as failed and what is returned means nothing.</summary>
public delegate T SchemaRead<out T>(ref SchemaReader reader);
