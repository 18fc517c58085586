namespace Nashi.Dht;

/// <summary>No node of the network answers at all (NETWORK_UNREACHABLE): this machine is offline, or UDP is blocked.</summary>
public sealed class NetworkUnreachableException : NashiException
{
    internal NetworkUnreachableException()
        : base("NETWORK_UNREACHABLE", "No node of the network answers. Check that this machine is online and that UDP is not blocked; the node goes on trying by itself.")
    {
    }

    /// <inheritdoc />
    public override bool IsTransient => true;
}
