namespace Nashi.Hypercore.State;

/// <summary>Keeps a core's lane for somebody else: between entering and release no other write runs.</summary>
internal sealed class HoldWork : LaneWork
{
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Entered => _entered.Task;

    /// <summary>Called by the lane; what it returns ends with the release.</summary>
    public Task Enter()
    {
        _entered.SetResult();
        return _released.Task;
    }

    public void Release() => _released.TrySetResult();

    public override void Apply(WriteRound round) => throw new InvalidOperationException("A hold is not part of a round.");

    public override void Succeed()
    {
    }

    public override void Fail(Exception error)
    {
    }
}
