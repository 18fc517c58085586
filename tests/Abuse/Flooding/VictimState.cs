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
internal sealed record VictimState(long ResidentBytes, long HeapBytes, double CpuSeconds, long Faults, long Received, long Malformed, long Withheld, int Records);
