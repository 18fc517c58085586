namespace Nashi.BlindPeer;

/// <summary>How long to wait before the next attempt: soon at first, up to a minute and a half in the end.</summary>
internal static class Backoff
{
    private static readonly int[] Seconds = [1, 1, 1, 2, 2, 3, 3, 5, 5, 15, 30, 60];

    /// <summary>The delay after a number of failures in a row, with up to half of it added at random: clients of one blind peer do not come back together.</summary>
    public static TimeSpan After(int failures, IRandom random)
    {
        var seconds = Seconds[Math.Clamp(failures - 1, 0, Seconds.Length - 1)];
        return TimeSpan.FromMilliseconds((seconds * 1000) + (random.NextDouble() * 500 * seconds));
    }
}
