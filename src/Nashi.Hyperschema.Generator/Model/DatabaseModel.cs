using System.Collections.Generic;

namespace Nashi.Hyperschema.Generator.Model;

/// <summary>A whole database file.</summary>
internal sealed class DatabaseModel(long version)
{
    public long Version { get; } = version;

    public List<KeyedType> Collections { get; } = [];

    public List<KeyedType> Indexes { get; } = [];
}
