namespace Nashi.Deploy;

/// <summary>Nobody who has what was asked for could be found in time.</summary>
public sealed class NoPeerException(string message) : NashiException("PEER_NOT_FOUND", message)
{
    /// <inheritdoc />
    public override bool IsTransient => true;
}
