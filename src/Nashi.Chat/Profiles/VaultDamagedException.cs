namespace Nashi.Chat.Profiles;

/// <summary>The vault's file is not what was written: cut short, changed, or of a later version.</summary>
public sealed class VaultDamagedException(string message) : NashiException("ERR_VAULT_DAMAGED", message);
