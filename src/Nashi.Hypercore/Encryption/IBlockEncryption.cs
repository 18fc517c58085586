namespace Nashi.Hypercore.Encryption;

/// <summary>How the blocks of a session are encrypted: the default is <see cref="BlockEncryption"/>; an application may bring its own.</summary>
/// <remarks>
/// A stored block is <see cref="Padding"/> bytes and the encrypted body; the tree covers both. Methods run on the core's lane and on readers' threads, at the same
/// time, and must not wait: what has to be fetched before a block can be decrypted is fetched in <see cref="PrepareAsync"/>.
/// </remarks>
public interface IBlockEncryption
{
    /// <summary>Bytes in front of every stored block; always the same.</summary>
    int Padding { get; }

    /// <summary>Encrypts a block in place: the first <see cref="Padding"/> bytes are to be filled in.</summary>
    /// <param name="index">The block's number.</param>
    /// <param name="fork">The core's fork.</param>
    /// <param name="padded">Padding and plain body; afterwards padding and encrypted body.</param>
    void Encrypt(ulong index, ulong fork, Span<byte> padded);

    /// <summary>Decrypts a stored block; without the padding.</summary>
    /// <returns>Null when that is not possible now, but may be after <see cref="PrepareAsync"/>.</returns>
    /// <exception cref="FormatException">The block was not made by this encryption.</exception>
    byte[]? TryDecrypt(ulong index, ReadOnlySpan<byte> stored);

    /// <summary>Fetches what decrypting a stored block needs.</summary>
    /// <returns>False when that is not to be had.</returns>
    ValueTask<bool> PrepareAsync(ulong index, ReadOnlyMemory<byte> stored, CancellationToken cancellationToken);
}
