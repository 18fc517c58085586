namespace Nashi.Protomux.Protocol;

/// <summary>Where a mux's frames go.</summary>
internal interface IMuxSink
{
    /// <summary>Takes one frame in two parts; false when the remote is not keeping up.</summary>
    bool Write(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> body);
}
