namespace Nashi.Dht;

/// <summary>The node is suspended (SUSPENDED): resume it first.</summary>
public sealed class NodeSuspendedException : NashiException
{
    internal NodeSuspendedException()
        : base("SUSPENDED", "The node is suspended. Resume it, then try again.")
    {
    }

    /// <inheritdoc />
    public override bool IsTransient => true;
}
