using System.Globalization;

namespace Nashi.Udx.Tests;

/// <summary>Streams that move from a relay to a direct path, in virtual time. A failing seed is printed; <c>NASHI_SEED=n</c> replays it alone.</summary>
public sealed class MoveTests
{
    private static readonly int s_runs = int.Parse(Environment.GetEnvironmentVariable("NASHI_RUNS") ?? "1000", CultureInfo.InvariantCulture);

    [Fact]
    public void Move_LossReorderDelayBlockedAndDyingPaths_KillsNoStreamAndLosesNoByte()
    {
        var moved = 0;
        foreach (var seed in Seeds())
        {
            var world = new MoveWorld(seed);
            try
            {
                world.Run();
                Check(world);
                if (world.First.HasMoved) moved++;
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"NASHI_SEED={seed}: {world}", error);
            }
        }

        Assert.True(moved > 0 || s_runs < 20);
    }

    private static IEnumerable<ulong> Seeds() =>
        Environment.GetEnvironmentVariable("NASHI_SEED") is { Length: > 0 } one
            ? [ulong.Parse(one, CultureInfo.InvariantCulture)]
            : Enumerable.Range(1, s_runs).Select(seed => (ulong)seed);

    private static void Check(MoveWorld world)
    {
        Assert.Equal(UdxCloseKind.Ended, world.First.Core.CloseReason!.Kind);
        Assert.Equal(UdxCloseKind.Ended, world.Second.Core.CloseReason!.Kind);
        Assert.True(world.First.Sent.SequenceEqual(world.Second.Received), "The second got other bytes than the first sent.");
        Assert.True(world.Second.Sent.SequenceEqual(world.First.Received), "The first got other bytes than the second sent.");
        Assert.Equal(world.IsDirectGood, world.First.HasMoved && world.Second.HasMoved);
    }
}
