namespace Nashi.Udx.Tests;

/// <summary>The two ways between the ends of a <see cref="MoveWorld"/>.</summary>
internal enum PathName
{
    Relay,
    Direct,
}
