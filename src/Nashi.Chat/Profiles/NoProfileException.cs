namespace Nashi.Chat.Profiles;

/// <summary>There is no profile in this folder yet.</summary>
public sealed class NoProfileException(string message) : NashiException("ERR_NO_PROFILE", message);
