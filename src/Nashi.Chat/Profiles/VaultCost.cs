using Nashi.Cryptography;

namespace Nashi.Chat.Profiles;

/// <summary>How slowly a passphrase becomes a key: Argon2id's passes and memory.</summary>
/// <param name="Operations">Passes over the memory, 1 to 16.</param>
/// <param name="MemoryKilobytes">Memory in KiB, 8 to 1 048 576.</param>
public readonly record struct VaultCost(int Operations, int MemoryKilobytes)
{
    /// <summary>Three passes over 64 MiB: about a quarter of a second.</summary>
    public static VaultCost Default => new(3, Argon2id.InteractiveMemory >> 10);

    /// <summary>Whether a file may ask for it: what a stranger's file says must not exhaust this machine.</summary>
    internal bool IsAllowed => Operations is >= 1 and <= 16 && MemoryKilobytes is >= 8 and <= 1 << 20;
}
