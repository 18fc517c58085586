namespace Nashi.Chat.Profiles;

/// <summary>The passphrase, or the key of the key ring, does not open the vault.</summary>
public sealed class WrongPassphraseException(string message) : NashiException("ERR_WRONG_PASSPHRASE", message);
