using System.Buffers.Binary;
using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.SecretStream.Protocol;

/// <summary>All that changes during a handshake, by value: assigning it takes a snapshot.</summary>
/// <remarks>Source: Noise specification, "SymmetricState"; choices as network.md §4.1.</remarks>
internal struct NoiseState
{
    private const int MacSize = ChaCha20Poly1305Ietf.Overhead;

    private Bytes64 _hash;
    private Bytes64 _chainingKey;
    private Bytes32 _key;
    private ulong _nonce;

    /// <summary>The remote's ephemeral key, once received.</summary>
    public PublicKey RemoteEphemeral;

    /// <summary>The remote's static key, once known.</summary>
    public PublicKey? RemoteStatic;

    /// <summary>How many messages were sent and received.</summary>
    public int Step;

    /// <summary>Whether messages are encrypted by now.</summary>
    public bool HasKey { get; private set; }

    /// <summary>Bytes that encryption adds now.</summary>
    public readonly int Overhead => HasKey ? MacSize : 0;

    /// <summary>The state before the first message.</summary>
    public static NoiseState Start(string protocolName, ReadOnlySpan<byte> prologue)
    {
        NoiseState state = default;
        _ = System.Text.Encoding.ASCII.GetBytes(protocolName, state._hash.AsSpan());
        state._chainingKey = state._hash;
        state.MixHash(prologue);
        return state;
    }

    /// <summary>Binds bytes into the handshake hash.</summary>
    public void MixHash(scoped ReadOnlySpan<byte> data)
    {
        using var hasher = new Blake2bHasher(Bytes64.Size);
        hasher.Update(_hash.AsSpan());
        hasher.Update(data);
        hasher.Finish(_hash.AsSpan());
    }

    /// <summary>Mixes in the point shared between a private scalar and a public key; false when that key is unacceptable.</summary>
    public bool TryMixShared(scoped ReadOnlySpan<byte> scalar, in PublicKey key)
    {
        Span<byte> shared = stackalloc byte[Bytes32.Size];
        if (!Ed25519.TryScalarMultiply(scalar, key, shared)) return false;
        Span<byte> second = stackalloc byte[Bytes64.Size];
        NoiseKdf.Derive(_chainingKey.AsSpan(), shared, _chainingKey.AsSpan(), second);
        _key = new Bytes32(second[..Bytes32.Size]);
        HasKey = true;
        _nonce = 0;
        shared.Clear();
        second.Clear();
        return true;
    }

    /// <summary>Encrypts (once there is a key) and binds; <paramref name="output"/> has <see cref="Overhead"/> bytes more.</summary>
    public void EncryptAndHash(scoped ReadOnlySpan<byte> plain, Span<byte> output)
    {
        if (HasKey) ChaCha20Poly1305Ietf.Encrypt(plain, _hash.AsSpan(), NextNonce(stackalloc byte[ChaCha20Poly1305Ietf.NonceSize]), _key.AsSpan(), output);
        else plain.CopyTo(output);
        MixHash(output);
    }

    /// <summary>Decrypts (once there is a key) and binds; <paramref name="plain"/> has <see cref="Overhead"/> bytes less. False when not authentic.</summary>
    public bool TryDecryptAndHash(scoped ReadOnlySpan<byte> input, Span<byte> plain)
    {
        if (!HasKey) input.CopyTo(plain);
        else if (!ChaCha20Poly1305Ietf.TryDecrypt(
            input, _hash.AsSpan(), NextNonce(stackalloc byte[ChaCha20Poly1305Ietf.NonceSize]), _key.AsSpan(), plain)) return false;
        MixHash(input);
        return true;
    }

    /// <summary>Copies out the handshake hash (64 bytes) and the two transport keys (32 bytes each).</summary>
    public void Split(scoped Span<byte> hash, scoped Span<byte> initiatorKey, scoped Span<byte> responderKey)
    {
        Span<byte> outputs = stackalloc byte[2 * Bytes64.Size];
        NoiseKdf.Derive(_chainingKey.AsSpan(), default, outputs[..Bytes64.Size], outputs[Bytes64.Size..]);
        _hash.AsSpan().CopyTo(hash);
        outputs.Slice(0, Bytes32.Size).CopyTo(initiatorKey);
        outputs.Slice(Bytes64.Size, Bytes32.Size).CopyTo(responderKey);
        outputs.Clear();
    }

    private Span<byte> NextNonce(Span<byte> nonce)
    {
        nonce.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(nonce[4..], _nonce++);
        return nonce;
    }
}
