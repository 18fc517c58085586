using System.Diagnostics;

namespace Nashi.HyperDB;

/// <summary>What collections and indexes have in common: a name, a number that begins each of their keys, and a version.</summary>
[DebuggerDisplay("{Name}")]
public abstract class KeyedDefinition
{
    /// <summary>The full name, such as <c>@chat/messages</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The number that each key begins with.</summary>
    public required ulong Id { get; init; }

    /// <summary>The version of the database that it came or changed with; 0 for databases without versions.</summary>
    public required ulong Version { get; init; }
}
