using System.Security.Cryptography;
using Nashi.Cryptography;

namespace Nashi.SecretStream.Protocol;

/// <summary>The first frame of each direction: whose stream it is, and the start of its cipher. Source: network.md §4.2.</summary>
internal static class StreamHeader
{
    /// <summary>The whole frame, length included.</summary>
    public const int FrameSize = Frame.PrefixSize + Frame.HeaderSize;

    /// <summary>Starts our direction and writes its header frame.</summary>
    public static SecretStreamPush Start(NoiseResult keys, Span<byte> frame)
    {
        Frame.WriteLength(frame, Frame.HeaderSize);
        StreamSecrets.StreamId(keys.Hash.Span, keys.IsInitiator).AsSpan().CopyTo(frame[Frame.PrefixSize..]);
        return new SecretStreamPush(keys.TransmitKey, frame.Slice(Frame.PrefixSize + 32, SecretStreamPush.HeaderSize));
    }

    /// <summary>Starts the remote's direction; null when its header is malformed or belongs to another handshake or role.</summary>
    public static SecretStreamPull? TryAccept(ReadOnlySpan<byte> header, ReadOnlySpan<byte> handshakeHash, bool isInitiator, ReadOnlySpan<byte> receiveKey)
    {
        if (header.Length != Frame.HeaderSize) return null;
        var expected = StreamSecrets.StreamId(handshakeHash, !isInitiator);
        if (!CryptographicOperations.FixedTimeEquals(header[..32], expected.AsSpan())) return null;
        return new SecretStreamPull(receiveKey, header[32..]);
    }
}
