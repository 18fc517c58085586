namespace Nashi.Hypercore.State;

/// <summary>Any other write: runs alone.</summary>
internal sealed class ActionWork(Action<WriteRound> apply) : LaneWork
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Task => _done.Task;

    public override void Apply(WriteRound round) => apply(round);

    public override void Succeed() => _done.SetResult();

    public override void Fail(Exception error) => _done.SetException(error);
}
