using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Nashi.Cryptography.Interop;

namespace Nashi.Cryptography;

/// <summary>The sending half of libsodium's secretstream (XChaCha20-Poly1305). One owner; not thread-safe.</summary>
public sealed unsafe class SecretStreamPush : IDisposable
{
    /// <summary>Length of the header that starts a stream.</summary>
    public const int HeaderSize = 24;

    /// <summary>Bytes added to each message: an encrypted tag and a MAC.</summary>
    public const int Overhead = 17;

    private SecretStreamState _state;

    /// <summary>Starts a stream under a 32-byte key and writes its random header.</summary>
    public SecretStreamPush(ReadOnlySpan<byte> key, Span<byte> header)
    {
        if (key.Length != 32) throw new ArgumentException("A secretstream key has 32 bytes.", nameof(key));
        if (header.Length != HeaderSize) throw new ArgumentException($"A secretstream header has {HeaderSize} bytes.", nameof(header));
        fixed (byte* k = key, h = header)
        fixed (SecretStreamState* s = &_state)
        {
            _ = Sodium.crypto_secretstream_xchacha20poly1305_init_push(s, h, k);
        }
    }

    /// <summary>Encrypts one message; <paramref name="cipher"/> has <see cref="Overhead"/> bytes more than <paramref name="message"/>.</summary>
    /// <remarks>In place is allowed when <paramref name="message"/> starts one byte after <paramref name="cipher"/>.</remarks>
    public void Encrypt(ReadOnlySpan<byte> message, Span<byte> cipher)
    {
        if (cipher.Length != message.Length + Overhead) throw new ArgumentException("The output must be 17 bytes longer.", nameof(cipher));
        fixed (byte* m = message, c = cipher)
        fixed (SecretStreamState* s = &_state)
        {
            _ = Sodium.crypto_secretstream_xchacha20poly1305_push(s, c, null, m, (ulong)message.Length, null, 0, 0);
        }
    }

    /// <summary>Wipes the key.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(new Span<SecretStreamState>(ref _state)));
}
