namespace Nashi.Chat.Profiles;

/// <summary>One way to open a vault, as it lies in the file: parameters, and the data key wrapped under the key they lead to.</summary>
internal sealed record VaultLock(VaultLockKind Kind, byte[] Parameters, byte[] Nonce, byte[] Wrapped);
