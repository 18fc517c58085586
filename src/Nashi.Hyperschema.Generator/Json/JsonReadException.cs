using System;

namespace Nashi.Hyperschema.Generator.Json;

/// <summary>The text is no JSON; only <see cref="JsonReader"/> throws it, and the parser of a file turns it into a diagnostic.</summary>
internal sealed class JsonReadException(int position, string message) : Exception(message)
{
    public int Position { get; } = position;
}
