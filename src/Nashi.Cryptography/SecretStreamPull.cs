using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Nashi.Cryptography.Interop;

namespace Nashi.Cryptography;

/// <summary>The receiving half of libsodium's secretstream (XChaCha20-Poly1305). One owner; not thread-safe.</summary>
public sealed unsafe class SecretStreamPull : IDisposable
{
    private SecretStreamState _state;

    /// <summary>Starts reading a stream under a 32-byte key, given its 24-byte header.</summary>
    public SecretStreamPull(ReadOnlySpan<byte> key, ReadOnlySpan<byte> header)
    {
        if (key.Length != 32) throw new ArgumentException("A secretstream key has 32 bytes.", nameof(key));
        if (header.Length != SecretStreamPush.HeaderSize) throw new ArgumentException("A secretstream header has 24 bytes.", nameof(header));
        fixed (byte* k = key, h = header)
        fixed (SecretStreamState* s = &_state)
        {
            _ = Sodium.crypto_secretstream_xchacha20poly1305_init_pull(s, h, k);
        }
    }

    /// <summary>Decrypts one message; <paramref name="message"/> is 17 bytes shorter than <paramref name="cipher"/>.</summary>
    /// <returns>False when it is too short or not authentic; the stream must then be closed.</returns>
    /// <remarks>In place is allowed when <paramref name="message"/> starts one byte after <paramref name="cipher"/>.</remarks>
    public bool TryDecrypt(ReadOnlySpan<byte> cipher, Span<byte> message)
    {
        if (cipher.Length < SecretStreamPush.Overhead) return false;
        if (message.Length != cipher.Length - SecretStreamPush.Overhead) throw new ArgumentException("The output must be 17 bytes shorter.", nameof(message));
        byte tag;
        // An empty span's pointer is null; libsodium wants a valid one even for no bytes.
        byte spare;
        fixed (byte* m = message, c = cipher)
        fixed (SecretStreamState* s = &_state)
        {
            return Sodium.crypto_secretstream_xchacha20poly1305_pull(s, m == null ? &spare : m, null, &tag, c, (ulong)cipher.Length, null, 0) == 0;
        }
    }

    /// <summary>Wipes the key.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(new Span<SecretStreamState>(ref _state)));
}
