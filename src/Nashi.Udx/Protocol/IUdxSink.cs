namespace Nashi.Udx.Protocol;

/// <summary>Takes what a core received, during the call that feeds it. Must not call back into the core.</summary>
internal interface IUdxSink
{
    /// <summary>The next bytes of the stream.</summary>
    void OnData(ReadOnlySpan<byte> bytes);

    /// <summary>The remote ended its side: no data follows.</summary>
    void OnEnd();

    /// <summary>An unordered message.</summary>
    void OnMessage(ReadOnlySpan<byte> message);
}
