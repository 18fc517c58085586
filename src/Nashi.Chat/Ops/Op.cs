namespace Nashi.Chat.Ops;

/// <summary>What one op does.</summary>
internal abstract record Op(OpKind Kind)
{
    /// <summary>Whether versions that do not know the kind must stop at it.</summary>
    public bool IsCritical => Kind <= OpKind.Mute && Kind != OpKind.SetName;
}
