using System;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Nashi.Hyperschema.Generator;

/// <summary>A schema file given to the compiler. Equal when nothing changed, so that nothing is made anew.</summary>
internal sealed class SourceFile(string path, string text, string space, string visibility) : IEquatable<SourceFile>
{
    public string Path { get; } = path;

    public string Text { get; } = text;

    /// <summary>The C# namespace of what is made from it.</summary>
    public string Space { get; } = space;

    public string Visibility { get; } = visibility;

    public string Name => System.IO.Path.GetFileName(Path);

    public Location LocationOf(int position)
    {
        var at = SourceText.From(Text).Lines.GetLinePosition(Math.Min(position, Text.Length));
        return Location.Create(Path, new TextSpan(Math.Min(position, Text.Length), 0), new LinePositionSpan(at, at));
    }

    public bool Equals(SourceFile? other)
        => other is not null && Path == other.Path && Text == other.Text && Space == other.Space && Visibility == other.Visibility;

    public override bool Equals(object? obj) => Equals(obj as SourceFile);

    public override int GetHashCode() => (Path, Text).GetHashCode();
}
