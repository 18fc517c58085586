using System.IO.Pipelines;

namespace Nashi.TestKit;

/// <summary>Two raw byte streams joined in memory: what one writes the other reads. Each end can half-close and carries unordered messages.</summary>
public static class RawPair
{
    /// <summary>Makes both ends.</summary>
    public static (RawEndStream First, RawEndStream Second) Create()
    {
        var options = new PipeOptions(pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 19, useSynchronizationContext: false);
        var (there, back) = (new Pipe(options), new Pipe(options));
        var first = new RawEndStream(back.Reader, there.Writer);
        var second = new RawEndStream(there.Reader, back.Writer);
        first.Join(second);
        return (first, second);
    }
}
