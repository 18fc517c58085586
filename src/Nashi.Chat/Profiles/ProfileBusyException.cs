namespace Nashi.Chat.Profiles;

/// <summary>Another program has this profile open.</summary>
public sealed class ProfileBusyException(string message) : NashiException("ERR_PROFILE_BUSY", message)
{
    /// <inheritdoc/>
    public override bool IsTransient => true;
}
