namespace Nashi.Abuse.SlowPeers;

/// <summary>How a seeder is.</summary>
/// <param name="ResidentBytes">Memory that it holds.</param>
/// <param name="HeapBytes">Of that, living objects and what is not yet collected.</param>
/// <param name="Connections">Connections that it has open.</param>
/// <param name="Unexpected">Connections that ended with a failure of no known type.</param>
internal sealed record SeederState(long ResidentBytes, long HeapBytes, int Connections, int Unexpected);
