namespace Nashi.Autobase.Engine;

/// <summary>Values that wait to become nodes: one batch.</summary>
/// <param name="Values">What is appended; a null acknowledges.</param>
/// <param name="IsOptimistic">Whether the local writer need not be one.</param>
internal sealed record AppendRequest(IReadOnlyList<byte[]?> Values, bool IsOptimistic)
{
    /// <summary>The local core's length behind it, once it has its place.</summary>
    public ulong End { get; set; }

    public TaskCompletionSource<ulong> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
