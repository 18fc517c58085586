namespace Nashi.Hypercore.State;

/// <content>What a cut of the core means for its branches: they take with them what they shared and is about to go.</content>
internal sealed partial class CoreState
{
    private readonly List<BranchState> _moving = [];

    /// <summary>All branches there are, opened, in the order in which they are locked.</summary>
    public BranchState[] OpenBranches() =>
        [.. Storage.ReadSessionNames().Select(name => OpenBranch(this, new CoreSessionOptions { Name = name })).OrderBy(branch => branch.Storage.DataPointer)];

    // Until unlocked, readers that find nothing where a branch's blocks are to be wait.
    private void MoveBlocksToBranches(WriteRound round, ulong cut)
    {
        foreach (var branch in OpenBranches())
        {
            branch.Gate.Enter();
            _moving.Add(branch);
            branch.TakeShared(round.Batch, Storage, Nodes, cut);
        }

        foreach (var branch in _moving) branch.Storage.LimitInheritance(Storage.DataPointer, cut);
    }

    private void EndMove(bool isStored)
    {
        foreach (var branch in _moving)
        {
            branch.HandleMoved(isStored);
            branch.Gate.Exit();
        }

        _moving.Clear();
    }
}
