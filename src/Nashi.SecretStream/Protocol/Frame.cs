using Nashi.Cryptography;

namespace Nashi.SecretStream.Protocol;

/// <summary>The layout of frames: a 24-bit little-endian length, then that many bytes. Source: network.md §4.2.</summary>
internal static class Frame
{
    public const int PrefixSize = 3;

    /// <summary>Bytes around a message: length, encrypted tag, MAC.</summary>
    public const int Overhead = PrefixSize + SecretStreamPush.Overhead;

    /// <summary>The stream's header: its id, then secretstream's header.</summary>
    public const int HeaderSize = 32 + SecretStreamPush.HeaderSize;

    private const int TagSize = 1;

    public static void WriteLength(Span<byte> frame, int length)
    {
        frame[0] = (byte)length;
        frame[1] = (byte)(length >> 8);
        frame[2] = (byte)(length >> 16);
    }

    public static int ReadLength(ReadOnlySpan<byte> frame) => frame[0] | (frame[1] << 8) | (frame[2] << 16);

    /// <summary>Lays out a message that <see cref="Seal"/> will encrypt where it lies.</summary>
    public static void WritePlain(Span<byte> frame, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> body)
    {
        WriteLength(frame, prefix.Length + body.Length + SecretStreamPush.Overhead);
        var message = frame[(PrefixSize + TagSize)..];
        prefix.CopyTo(message);
        body.CopyTo(message[prefix.Length..]);
    }

    /// <summary>Encrypts every frame of a run of them, in place.</summary>
    public static void Seal(SecretStreamPush push, Span<byte> frames)
    {
        while (!frames.IsEmpty)
        {
            var length = ReadLength(frames);
            var cipher = frames.Slice(PrefixSize, length);
            push.Encrypt(cipher.Slice(TagSize, length - SecretStreamPush.Overhead), cipher);
            frames = frames[(PrefixSize + length)..];
        }
    }

    /// <summary>Decrypts one frame in place; false when it is too short or not authentic.</summary>
    public static bool TryOpen(SecretStreamPull pull, Memory<byte> frame, out ReadOnlyMemory<byte> message)
    {
        message = default;
        if (frame.Length < SecretStreamPush.Overhead) return false;
        var plain = frame.Slice(TagSize, frame.Length - SecretStreamPush.Overhead);
        if (!pull.TryDecrypt(frame.Span, plain.Span)) return false;
        message = plain;
        return true;
    }
}
