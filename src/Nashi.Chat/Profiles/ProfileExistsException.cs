namespace Nashi.Chat.Profiles;

/// <summary>There is a profile in this folder already, and it is not overwritten.</summary>
public sealed class ProfileExistsException(string message) : NashiException("ERR_PROFILE_EXISTS", message);
