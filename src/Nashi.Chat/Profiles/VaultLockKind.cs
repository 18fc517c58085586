namespace Nashi.Chat.Profiles;

/// <summary>What opens a lock. Numbers of later versions are kept and skipped.</summary>
internal enum VaultLockKind
{
    /// <summary>A passphrase, by Argon2id.</summary>
    Passphrase = 1,

    /// <summary>A key in the operating system's key ring.</summary>
    KeyRing = 2,
}
