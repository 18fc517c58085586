using Nashi.TcpRelay.Protocol;

namespace Nashi.TcpRelay.Driver;

/// <summary>Takes the frames of a <see cref="FrameLink"/>, on its reading task.</summary>
internal interface IFrameHandler
{
    /// <summary>A frame came.</summary>
    void HandleFrame(in Frame frame, Instant now);

    /// <summary>It is over; nothing comes any more.</summary>
    void HandleEnd(TcpRelayEnd reason);
}
