using Nashi.Hyperbee2.Blocks;

namespace Nashi.Hyperbee2.Tree;

/// <summary>A key of a node. Immutable once its node can be seen by others; a batch fills in its own keys while it is written.</summary>
internal sealed class KeyEntry(Place at)
{
    public Place At { get; set; } = at;

    public ReadOnlyMemory<byte> Key { get; set; }

    public ReadOnlyMemory<byte>? Value { get; set; }

    /// <summary>Where the value is when it is not here, as the key's block has it.</summary>
    public ValueLocation? Location { get; set; }

    /// <summary>Whether the key is yet to be written.</summary>
    public bool IsPending { get; set; }
}
