using Nashi.Cryptography;
using Nashi.TestKit;

namespace Nashi.SecretStream.Tests;

/// <summary>Two secret streams over a raw pair, with keys as if a handshake had been made elsewhere.</summary>
internal static class StreamKit
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static NoiseResult Keys(bool isInitiator, byte hash = 9)
    {
        var (first, second) = (Filled(32, 1), Filled(32, 2));
        using var us = KeyPair.FromSeed(Filled(32, isInitiator ? (byte)5 : (byte)6));
        using var them = KeyPair.FromSeed(Filled(32, isInitiator ? (byte)6 : (byte)5));
        return new NoiseResult(isInitiator, us.PublicKey, them.PublicKey, Filled(64, hash), isInitiator ? first : second, isInitiator ? second : first);
    }

    public static byte[] Filled(int size, byte value)
    {
        var bytes = new byte[size];
        bytes.AsSpan().Fill(value);
        return bytes;
    }

    public static (SecretStream Initiator, SecretStream Responder) Pair(SecretStreamOptions? options = null)
    {
        var (first, second) = RawPair.Create();
        return (SecretStream.Open(first, Keys(true), options), SecretStream.Open(second, Keys(false), options));
    }

    public static async Task<byte[]?> NextAsync(this IMessageStream stream)
    {
        var read = await stream.ReadAsync().AsTask().WaitAsync(Patience);
        return read.IsCompleted ? null : read.Message.ToArray();
    }

    public static Task<CloseReason> WhyAsync(this IMessageStream stream) => stream.Closed.WaitAsync(Patience);
}
