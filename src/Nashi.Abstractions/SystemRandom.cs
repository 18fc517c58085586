using System.Security.Cryptography;

namespace Nashi;

/// <summary>The operating system's cryptographic random source. Thread-safe.</summary>
public sealed class SystemRandom : IRandom
{
    private SystemRandom()
    {
    }

    /// <summary>The one instance.</summary>
    public static SystemRandom Instance { get; } = new();

    /// <inheritdoc />
#pragma warning disable RS0030 // This is the one place where ambient randomness enters.
    public void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);
#pragma warning restore RS0030
}
