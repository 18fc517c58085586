using Nashi.Cryptography.Interop;

namespace Nashi.Cryptography;

/// <summary>Argon2id: turns a password into a key, slowly (RFC 9106). Thread-safe: stateless.</summary>
public static unsafe class Argon2id
{
    /// <summary>Length of a salt.</summary>
    public const int SaltSize = 16;

    /// <summary>Passes over the memory that suit an interactive log-in.</summary>
    public const int InteractiveOperations = 2;

    /// <summary>Memory in bytes that suits an interactive log-in: 64 MiB.</summary>
    public const int InteractiveMemory = 64 << 20;

    private const int Version13 = 2;

    /// <summary>Derives as many bytes as <paramref name="key"/> has (16 or more).</summary>
    /// <param name="password">The password's bytes.</param>
    /// <param name="salt">16 random bytes, kept beside the result.</param>
    /// <param name="operations">Passes over the memory, at least 1.</param>
    /// <param name="memory">Memory in bytes, at least 8 KiB.</param>
    /// <param name="key">Receives the key.</param>
    /// <exception cref="InsufficientMemoryException">The memory could not be had.</exception>
    public static void Derive(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int operations, int memory, Span<byte> key)
    {
        if (salt.Length != SaltSize) throw new ArgumentException($"A salt has {SaltSize} bytes.", nameof(salt));
        ArgumentOutOfRangeException.ThrowIfLessThan(operations, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(memory, 8192);
        ArgumentOutOfRangeException.ThrowIfLessThan(key.Length, 16);
        fixed (byte* p = password, s = salt, k = key)
        {
            var failed = Sodium.crypto_pwhash_argon2id(
                k, (ulong)key.Length, p, (ulong)password.Length, s, (ulong)operations, (nuint)memory, Version13) != 0;
            if (failed) throw new InsufficientMemoryException($"Argon2id could not get {memory} bytes.");
        }
    }
}
