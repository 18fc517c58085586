using System.Globalization;

namespace Nashi.Udx.Tests;

/// <summary>Streams over bad paths, in virtual time. A failing seed is printed; <c>NASHI_SEED=n</c> replays it alone, <c>NASHI_RUNS=n</c> tries more.</summary>
public sealed class VirtualTimeTests
{
    private static readonly int s_runs = int.Parse(Environment.GetEnvironmentVariable("NASHI_RUNS") ?? "1000", CultureInfo.InvariantCulture);

    [Fact]
    public void Stream_LossReorderDuplicationDelay_DeliversExactlyTheBytesBothWays()
    {
        foreach (var seed in Seeds())
        {
            var link = new VirtualLink(seed);
            try
            {
                link.Run();
                Check(link);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"NASHI_SEED={seed}: {link}", error);
            }
        }
    }

    private static IEnumerable<ulong> Seeds() =>
        Environment.GetEnvironmentVariable("NASHI_SEED") is { Length: > 0 } one
            ? [ulong.Parse(one, CultureInfo.InvariantCulture)]
            : Enumerable.Range(1, s_runs).Select(seed => (ulong)seed);

    private static void Check(VirtualLink link)
    {
        Assert.Equal(UdxCloseKind.Ended, link.A.Core.CloseReason!.Kind);
        Assert.Equal(UdxCloseKind.Ended, link.B.Core.CloseReason!.Kind);
        Assert.True(link.A.GotEnd && link.B.GotEnd);
        Assert.True(link.A.ToSend.AsSpan().SequenceEqual(link.B.Received), "B received other bytes than A sent.");
        Assert.True(link.B.ToSend.AsSpan().SequenceEqual(link.A.Received), "A received other bytes than B sent.");
    }
}
