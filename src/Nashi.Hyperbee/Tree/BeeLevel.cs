namespace Nashi.Hyperbee.Tree;

/// <summary>One node as a block stores it: where its keys are, and where its children are (block, level, block, level, …).</summary>
internal sealed record BeeLevel(ulong[] Keys, ulong[] Children)
{
    public int ChildCount => Children.Length >> 1;

    /// <summary>A node has no children, or one more than keys. What no node points at may be anything.</summary>
    public bool IsNode => Children.Length == 0 || Children.Length == 2 * (Keys.Length + 1);
}
