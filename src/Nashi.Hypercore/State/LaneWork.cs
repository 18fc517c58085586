namespace Nashi.Hypercore.State;

/// <summary>One write that waits for its turn.</summary>
internal abstract class LaneWork
{
    /// <summary>Bytes it will write, roughly.</summary>
    public virtual long Size => 0;

    /// <summary>Whether it may share a storage write with the ones of its kind before it.</summary>
    public virtual bool CanShare => false;

    /// <summary>Adds its changes to the round. What it throws fails it alone; the round must then be as before.</summary>
    public abstract void Apply(WriteRound round);

    /// <summary>The round was stored and can be read.</summary>
    public abstract void Succeed();

    /// <summary>It failed, or the round could not be stored.</summary>
    public abstract void Fail(Exception error);
}
