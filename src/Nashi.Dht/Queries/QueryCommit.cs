namespace Nashi.Dht.Queries;

/// <summary>What is to be stored at a node.</summary>
/// <param name="Command">The command.</param>
/// <param name="Value">What it carries.</param>
internal sealed record QueryCommit(ulong Command, byte[] Value);
