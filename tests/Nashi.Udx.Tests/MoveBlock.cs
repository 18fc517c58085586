namespace Nashi.Udx.Tests;

/// <summary>Which direction of the direct path carries nothing.</summary>
internal enum MoveBlock
{
    Nothing,
    Both,
    ToFirst,
    ToSecond,
}
