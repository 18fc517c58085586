namespace Nashi.Hypercore.Replication.Protocol;

/// <summary>Somebody looks for a byte that lies in a window of blocks.</summary>
internal sealed class SeekDemand(ulong bytes, ulong padding, ulong start, ulong end)
{
    public ulong Bytes { get; } = bytes;

    public ulong Padding { get; } = padding;

    /// <summary>First block of the window.</summary>
    public ulong Start { get; } = start;

    /// <summary>One past its last.</summary>
    public ulong End { get; } = end;

    /// <summary>The request under way.</summary>
    public Request? Request { get; set; }

    /// <summary>Who had no answer.</summary>
    public HashSet<RemotePeer> Refused { get; } = [];

    /// <summary>Where the shell keeps what to complete.</summary>
    public object? Tag { get; set; }
}
