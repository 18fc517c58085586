using Nashi.Hypercore.Merkle;

namespace Nashi.Hypercore.State;

/// <content>Changes of the core itself that an atom holds.</content>
internal sealed partial class CoreState
{
    /// <summary>Waits for the lane and keeps it until the hold that is added is released.</summary>
    public Task EnterLaneAsync(List<HoldWork> holds)
    {
        var hold = new HoldWork();
        holds.Add(hold);
        _lane.Submit(hold);
        return hold.Entered;
    }

    /// <summary>Signs what an atom made of the core, and writes down what follows from it. On the lane.</summary>
    public (CoreState Core, WriteRound Round, TreeTip Tree) PrepareAtom(BranchState changes)
    {
        var round = Round;
        round.Begin();
        changes.FillRound(round);
        return (this, round, Prepare(round));
    }

    /// <summary>The atom is stored. On the lane.</summary>
    public void PublishAtom(WriteRound round, TreeTip tree) => Publish(round, tree, []);
}
