using Nashi.Cryptography;
using Nashi.SecretStream;

namespace Nashi.Fuzz;

/// <summary>Responders that wait for a stranger's first handshake message.</summary>
internal static class Noise
{
    private static readonly KeyPair Ours = KeyPair.FromSeed(Filled(2));

    public static NoiseHandshake StartIK() => NoiseHandshake.StartIK(isInitiator: false, Ours, null, default, SystemRandom.Instance);

    public static NoiseHandshake StartXX() => NoiseHandshake.StartXX(isInitiator: false, Ours, default, SystemRandom.Instance);

    public static bool TryRead(NoiseHandshake handshake, byte[] message)
    {
        using (handshake) return handshake.TryReadMessage(message, out _);
    }

    private static byte[] Filled(byte value)
    {
        var bytes = new byte[32];
        bytes.AsSpan().Fill(value);
        return bytes;
    }
}
