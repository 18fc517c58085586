namespace Nashi.SecretStream.Tests;

/// <summary>Fills with one byte, so that key pairs equal those of the vectors.</summary>
internal sealed class FixedRandom(byte value) : IRandom
{
    public void Fill(Span<byte> destination) => destination.Fill(value);
}
