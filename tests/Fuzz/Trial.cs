namespace Nashi.Fuzz;

/// <summary>One input given to one decoder: it must neither throw nor allocate more than a fixed multiple of what it got.</summary>
internal static class Trial
{
    private const int FixedBytes = 128 * 1024;

    /// <summary>Decodes.</summary>
    /// <param name="target">The decoder.</param>
    /// <param name="input">What it gets.</param>
    /// <param name="fault">What it did that it must not; null when it behaved.</param>
    /// <returns>Whether it accepted.</returns>
    public static bool Run(Target target, byte[] input, out string? fault)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        bool accepted;
        try
        {
            accepted = target.Decode(input);
        }
        catch (Exception error)
        {
            fault = error.ToString();
            return false;
        }

        var spent = GC.GetAllocatedBytesForCurrentThread() - before;
        var allowed = FixedBytes + ((long)input.Length * target.BytesPerByte);
        fault = spent <= allowed ? null : $"{spent} bytes allocated, {allowed} allowed";
        return accepted;
    }
}
