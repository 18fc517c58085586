using System.Buffers.Binary;
using System.Security.Cryptography;
using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.SecretStream.Protocol;

/// <summary>Encrypts and decrypts unordered messages. Layout: counter 8, MAC 16, ciphertext. Source: network.md §4.3.</summary>
/// <remarks>Pure. Sealing is for one thread at a time, opening for any. Offers no protection against replay or reordering, as the format has none.</remarks>
internal sealed class UnorderedBox
{
    /// <summary>Bytes added to a message.</summary>
    public const int Overhead = CounterSize + SecretBox.Overhead;

    private const int CounterSize = 8;

    private readonly Bytes32[] _keys = GC.AllocateArray<Bytes32>(2, pinned: true);
    private readonly ulong _first;
    private ulong _counter;

    public UnorderedBox(ReadOnlySpan<byte> handshakeHash, bool isInitiator, IRandom random)
    {
        _keys[0] = StreamSecrets.UnorderedKey(handshakeHash, isInitiator);
        _keys[1] = StreamSecrets.UnorderedKey(handshakeHash, !isInitiator);
        _first = _counter = random.NextUInt64();
    }

    /// <summary>Encrypts; <paramref name="sealedMessage"/> has <see cref="Overhead"/> bytes more. False when the counter is used up.</summary>
    public bool TrySeal(ReadOnlySpan<byte> message, Span<byte> sealedMessage)
    {
        if (++_counter == _first) return false;
        BinaryPrimitives.WriteUInt64LittleEndian(sealedMessage, _counter);
        SecretBox.Encrypt(message, Nonce(sealedMessage, stackalloc byte[SecretBox.NonceSize]), _keys[0].AsSpan(), sealedMessage[CounterSize..]);
        return true;
    }

    /// <summary>Decrypts; <paramref name="message"/> has <see cref="Overhead"/> bytes less. False when too short or not authentic.</summary>
    public bool TryOpen(ReadOnlySpan<byte> sealedMessage, Span<byte> message)
    {
        if (sealedMessage.Length < Overhead) return false;
        var nonce = Nonce(sealedMessage, stackalloc byte[SecretBox.NonceSize]);
        return SecretBox.TryDecrypt(sealedMessage[CounterSize..], nonce, _keys[1].AsSpan(), message);
    }

    /// <summary>Wipes the keys.</summary>
    public void Wipe() => CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsBytes(_keys.AsSpan()));

    private static Span<byte> Nonce(ReadOnlySpan<byte> sealedMessage, Span<byte> nonce)
    {
        nonce.Clear();
        sealedMessage[..CounterSize].CopyTo(nonce);
        return nonce;
    }
}
