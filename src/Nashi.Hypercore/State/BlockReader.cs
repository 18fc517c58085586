using Nashi.Hypercore.Encryption;
using Nashi.Storage;

namespace Nashi.Hypercore.State;

/// <summary>Reads stored blocks.</summary>
internal static class BlockReader
{
    /// <summary>Reads a block; false when it is not stored. The block is null when its encryption must prepare first.</summary>
    public static bool TryRead(CoreState core, CoreStorage storage, ulong index, IBlockEncryption? encryption, out byte[]? block)
    {
        try
        {
            return encryption is null
                ? storage.TryReadBlock(index, 0, static (value, _) => value.ToArray(), out block)
                : storage.TryReadBlock(index, (index, encryption), static (value, state) => state.encryption.TryDecrypt(state.index, value), out block);
        }
        catch (FormatException error)
        {
            throw CoreState.Damaged(core.Key, $"block {index} can not be decrypted: {error.Message}", error);
        }
    }
}
