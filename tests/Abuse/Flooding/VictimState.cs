namespace Nashi.Abuse.Flooding;

/// <summary>How a victim is.</summary>
/// <param name="ResidentBytes">Memory that it holds.</param>
/// <param name="HeapBytes">Of that, living objects and what is not yet collected.</param>
/// <param name="CpuSeconds">Processor time so far.</param>
/// <param name="Faults">Handlers that threw on a socket's thread, and tasks whose failure nobody looked at.</param>
/// <param name="Received">Requests that it could read.</param>
/// <param name="Malformed">Datagrams that it could not.</param>
/// <param name="Withheld">Answers that it did not send, because they might flood somebody.</param>
/// <param name="Records">Records that it stores.</param>
/// <param name="Dropped">Datagrams that the system dropped, because the socket's buffer was full.</param>
/// <param name="Streams">Streams that it has open.</param>
/// <param name="Threads">Threads of its process.</param>
/// <param name="Collections">How often memory was collected: of the young, the middle-aged, all.</param>
/// <param name="CommittedBytes">What the collector held when it ran last.</param>
internal sealed record VictimState(long ResidentBytes, long HeapBytes, double CpuSeconds, long Faults, long Received, long Malformed, long Withheld, int Records, long Dropped, int Streams, int Threads, string Collections, long CommittedBytes);
