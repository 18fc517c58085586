using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Chat.Rooms;

/// <summary>Files in chunks, each sealed under the file's own key: any part can be read, and none moved or left out unnoticed.</summary>
internal static class FileCipher
{
    public const int BlockSize = 65_536;
    public const int ChunkSize = BlockSize - XChaCha20Poly1305.Overhead;

    public static ulong BlocksOf(ulong size) => (size + ChunkSize - 1) / ChunkSize;

    /// <summary>Whether a stranger's file can be as it says.</summary>
    public static bool IsPlausible(Attachment file)
    {
        const ulong max = 1UL << 48;
        return file.Size <= max && !file.Blob.IsMapped && file.Blob.BlockOffset <= max && file.Blob.BlockLength == BlocksOf(file.Size);
    }

    public static byte[] Seal(ReadOnlySpan<byte> chunk, ulong index, in Bytes32 key)
    {
        Span<byte> nonce = stackalloc byte[XChaCha20Poly1305.NonceSize];
        nonce.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(nonce, index);
        var block = new byte[chunk.Length + XChaCha20Poly1305.Overhead];
        XChaCha20Poly1305.Encrypt(chunk, default, nonce, key.AsSpan(), block);
        return block;
    }

    public static byte[]? Open(ReadOnlySpan<byte> block, ulong index, in Bytes32 key)
    {
        if (block.Length is < XChaCha20Poly1305.Overhead or > BlockSize) return null;
        Span<byte> nonce = stackalloc byte[XChaCha20Poly1305.NonceSize];
        nonce.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(nonce, index);
        var chunk = new byte[block.Length - XChaCha20Poly1305.Overhead];
        return XChaCha20Poly1305.TryDecrypt(block, default, nonce, key.AsSpan(), chunk) ? chunk : null;
    }

    /// <summary>Seals a stream chunk by chunk; tells how much went in.</summary>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> SealAsync(Stream content, Bytes32 key, Action<ulong> read, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var buffer = new byte[ChunkSize];
        ulong size = 0;
        for (ulong index = 0; ; index++)
        {
            var count = await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            if (count == 0) yield break;
            size += (ulong)count;
            yield return Seal(buffer.AsSpan(0, count), index, key);
            read(size);
        }
    }
}
