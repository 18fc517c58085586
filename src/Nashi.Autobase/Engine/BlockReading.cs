using System.Diagnostics.CodeAnalysis;
using Nashi.Autobase.Messages;
using Nashi.Hypercore;
using Nashi.Storage;

namespace Nashi.Autobase.Engine;

/// <summary>Reads blocks of writers' cores: a stranger wrote every one of them.</summary>
internal static class BlockReading
{
    /// <summary>Reads a block that is here.</summary>
    /// <param name="core">The writer's core.</param>
    /// <param name="index">The block.</param>
    /// <param name="message">What it says.</param>
    /// <param name="isDamaged">The block is here and says nothing that can be understood, or decrypted.</param>
    public static bool TryRead(Core core, ulong index, [NotNullWhen(true)] out OplogMessage? message, out bool isDamaged)
    {
        message = null;
        isDamaged = false;
        try
        {
            if (!core.TryGet(index, out var block)) return false;
            if (MessageCodec.TryDecode<OplogMessage>(block, out message)) return true;
        }
        catch (StorageException error) when (error.InnerException is FormatException)
        {
            // Too short to have been encrypted.
        }

        isDamaged = true;
        return false;
    }
}
