using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.SecretStream;

/// <summary>How a <see cref="SecretStream"/> behaves. All have safe defaults.</summary>
public sealed record SecretStreamOptions
{
    /// <summary>The longest frame of the format, in bytes.</summary>
    public const int LargestFrame = 0xffffff;

    /// <summary>The defaults.</summary>
    public static SecretStreamOptions Default { get; } = new();

    /// <summary>Who we are, for a handshake in the stream; borrowed. Default a new random pair.</summary>
    public KeyPair? KeyPair { get; init; }

    /// <summary>Whom to expect, for a handshake in the stream; required for the initiator of <see cref="HandshakePattern.IK"/>. Default anyone.</summary>
    public PublicKey? RemotePublicKey { get; init; }

    /// <summary>The handshake in the stream. Default XX.</summary>
    public HandshakePattern Pattern { get; init; }

    /// <summary>How long nothing may be sent before an empty message is, so that the path stays known; zero for never. Default never.</summary>
    /// <remarks>When set, empty messages of the remote are swallowed, as the reference does.</remarks>
    public TimeSpan KeepAlive { get; init; }

    /// <summary>How long a read may wait without hearing anything before the stream is closed; zero for ever. Default for ever.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>
    /// How long a frame may stay unfinished: this, and a second for each 16 KiB of it that came. Default 30 s. Zero for ever.
    /// </summary>
    public TimeSpan FrameTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a handshake in the stream may take. Default 10 s.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long disposing may take to send what is queued. Default 5 s.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest frame to accept, in bytes, 17 more than its message. Default <see cref="LargestFrame"/>.</summary>
    public int MaxFrameSize { get; init; } = LargestFrame;

    /// <summary>Queued bytes from which on writers are asked to wait. Default 256 KiB.</summary>
    public int HighWaterMark { get; init; } = 256 * 1024;

    /// <summary>Where time comes from. Default the system.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where ephemeral keys and first counters come from. Default the system.</summary>
    public IRandom Random { get; init; } = SystemRandom.Instance;

    internal SecretStreamOptions Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(KeepAlive, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(Timeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(FrameTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(HandshakeTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(CloseTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxFrameSize, SecretStreamPush.Overhead);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxFrameSize, LargestFrame);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(HighWaterMark);
        ArgumentNullException.ThrowIfNull(Clock);
        ArgumentNullException.ThrowIfNull(Random);
        return this;
    }
}
