namespace Nashi.Deploy;

/// <summary>No node of the network took our announcement: nobody could find us.</summary>
public sealed class NotAnnouncedException()
    : NashiException("ERR_NETWORK_TIMEOUT", "No node of the network answered, so nobody could find this. Check the connection, and that the --bootstrap nodes are running.")
{
    /// <inheritdoc />
    public override bool IsTransient => true;
}
