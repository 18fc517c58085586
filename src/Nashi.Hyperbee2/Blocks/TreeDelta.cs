namespace Nashi.Hyperbee2.Blocks;

/// <summary>One step in making a list of keys or children. A step without a pointer came to nothing: its key was gone again when the block was written.</summary>
internal readonly record struct TreeDelta(DeltaKind Kind, byte Index, TreePointer? Pointer);
