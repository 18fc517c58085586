namespace Nashi.Udx.Protocol;

/// <summary>Order of 32-bit numbers that wrap around (RFC 1982).</summary>
internal static class Serial
{
    public static int Distance(uint from, uint to) => unchecked((int)(to - from));

    public static bool IsBefore(uint a, uint b) => Distance(a, b) > 0;

    public static bool IsAfter(uint a, uint b) => Distance(a, b) < 0;
}
