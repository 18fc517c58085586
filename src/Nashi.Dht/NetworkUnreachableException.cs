using Nashi.TcpRelay;

namespace Nashi.Dht;

/// <summary>No node of the network answers at all (NETWORK_UNREACHABLE): this machine is offline, or UDP is blocked.</summary>
public sealed class NetworkUnreachableException : NashiException
{
    private const string Check = "No node of the network answers. Check that this machine is online and that UDP is not blocked";

    internal NetworkUnreachableException(int tcpRelays, TcpRelayException? failure)
        : base("NETWORK_UNREACHABLE", Explain(tcpRelays, failure), failure) => TcpRelays = tcpRelays;

    /// <summary>How many TCP relays are known, by which a network that blocks UDP could be left. None of them could be used.</summary>
    public int TcpRelays { get; }

    /// <inheritdoc />
    public override bool IsTransient => true;

    private static string Explain(int tcpRelays, TcpRelayException? failure) => tcpRelays == 0
        ? $"{Check}; where it is, name a TCP relay to go round by. The node goes on trying by itself."
        : $"{Check}. It could not be gone round by a TCP relay either: {failure?.Message ?? "nobody answered by it"} The node goes on trying by itself.";
}
