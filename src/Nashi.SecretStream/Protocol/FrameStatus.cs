namespace Nashi.SecretStream.Protocol;

/// <summary>What <see cref="FrameBuffer.TryTake"/> found.</summary>
internal enum FrameStatus
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>A whole frame.</summary>
    Complete,

    /// <summary>The frame announces more bytes than allowed.</summary>
    TooLarge,
}
