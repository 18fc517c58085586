using System.Buffers.Binary;
using System.Security.Cryptography;
using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Hypercore.Encryption;

/// <summary>Encrypts the blocks of a core, in place. Only for secrecy: that nothing was changed is what the tree proves. Spec: data.md §2.9.</summary>
/// <remarks>
/// A stored block is 8 bytes of padding and the encrypted body. The padding is the fork, blinded; with the index it makes the nonce, so that a block
/// that was truncated and appended anew is not encrypted with the same key stream.
/// </remarks>
public sealed class BlockEncryption : IBlockEncryption
{
    /// <summary>Bytes in front of every stored block.</summary>
    public const int PaddingSize = 8;

    /// <summary>Length of an encryption key in bytes.</summary>
    public const int KeySize = 32;

    private readonly Bytes32 _blockKey;
    private readonly Bytes32 _blindingKey;

    private BlockEncryption(in Bytes32 blockKey)
    {
        _blockKey = blockKey;
        _blindingKey = Blake2b.Hash(blockKey.AsSpan());
    }

    int IBlockEncryption.Padding => PaddingSize;

    /// <summary>Derives a core's block key from an encryption key that may serve many cores.</summary>
    public static BlockEncryption Derive(CoreKey core, ReadOnlySpan<byte> encryptionKey, bool isCompat)
    {
        RequireKey(encryptionKey);
        if (isCompat) return new(Blake2b.HashKeyed(core.Value.AsSpan(), encryptionKey));
        return new(Blake2b.HashParts(HypercoreNamespaces.DefaultEncryption.AsSpan(), core.Value.AsSpan(), encryptionKey));
    }

    /// <summary>Takes a block key as it is.</summary>
    public static BlockEncryption FromBlockKey(ReadOnlySpan<byte> blockKey)
    {
        RequireKey(blockKey);
        return new(new Bytes32(blockKey));
    }

    /// <summary>Encrypts a block, which begins with <see cref="PaddingSize"/> bytes to be filled in.</summary>
    public void Encrypt(ulong index, ulong fork, Span<byte> padded)
    {
        Span<byte> nonce = stackalloc byte[StreamCipher.NonceSize];
        nonce.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(nonce, index);
        BinaryPrimitives.WriteUInt64LittleEndian(padded, fork);
        StreamCipher.XSalsa20Xor(padded[..PaddingSize], nonce, _blindingKey.AsSpan());
        Cipher(padded, nonce);
    }

    /// <summary>Decrypts a stored block; the body, behind the padding, is then plain.</summary>
    public void Decrypt(ulong index, Span<byte> padded)
    {
        Span<byte> nonce = stackalloc byte[StreamCipher.NonceSize];
        nonce.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(nonce, index);
        Cipher(padded, nonce);
    }

    /// <inheritdoc/>
    public byte[] TryDecrypt(ulong index, ReadOnlySpan<byte> stored)
    {
        if (stored.Length < PaddingSize) throw new FormatException($"Block {index} is shorter than its padding: it was not encrypted with this key.");
        Span<byte> nonce = stackalloc byte[StreamCipher.NonceSize];
        nonce.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(nonce, index);
        stored[..PaddingSize].CopyTo(nonce[8..]);
        var body = stored[PaddingSize..].ToArray();
        StreamCipher.XSalsa20Xor(body, nonce, _blockKey.AsSpan());
        return body;
    }

    ValueTask<bool> IBlockEncryption.PrepareAsync(ulong index, ReadOnlyMemory<byte> stored, CancellationToken cancellationToken) => new(true);

    private static void RequireKey(ReadOnlySpan<byte> key)
    {
        if (key.Length != KeySize) throw new ArgumentException($"An encryption key has {KeySize} bytes.");
    }

    private void Cipher(Span<byte> padded, Span<byte> nonce)
    {
        padded[..PaddingSize].CopyTo(nonce[8..]);
        StreamCipher.XSalsa20Xor(padded[PaddingSize..], nonce, _blockKey.AsSpan());
    }
}
