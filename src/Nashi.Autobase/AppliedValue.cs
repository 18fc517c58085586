using Nashi.Encoding;

namespace Nashi.Autobase;

/// <summary>One value, at its place in the order of all writers' values.</summary>
/// <param name="From">Who appended it.</param>
/// <param name="Length">The length of that writer's core with it.</param>
/// <param name="Value">What was appended.</param>
/// <param name="Heads">What its writer had heard of when it appended it.</param>
/// <param name="IsIndexed">Whether its place is final.</param>
/// <param name="IsOptimistic">Whether its writer need not be one: nothing that is done for it stands unless the application adds or acknowledges the writer.</param>
public readonly record struct AppliedValue(CoreKey From, ulong Length, ReadOnlyMemory<byte> Value, IReadOnlyList<WriterHead> Heads, bool IsIndexed, bool IsOptimistic);
