using System.Text;
using Nashi.Datagrams;
using Nashi.Encoding;
using Nashi.TcpRelay;

namespace Nashi.Dht.Life;

/// <summary>A node's memory as lines of text: <c>node address</c>, <c>tcp-relay link</c> and <c>peer key address …</c> after a first line that names the format.</summary>
internal static class NodeMemoryText
{
    private const string Header = "nashi nodes 1";
    private const int MaxLines = 2 * (NodeMemory.MaxNodes + NodeMemory.MaxPeers + NodeMemory.MaxTcpRelays);
    private const int MaxRelays = 3;

    /// <summary>Writes it.</summary>
    public static string Format(NodeMemory memory)
    {
        var text = new StringBuilder(Header).Append('\n');
        foreach (var node in memory.Nodes.Take(NodeMemory.MaxNodes)) text.Append("node ").Append(node).Append('\n');
        foreach (var relay in memory.TcpRelays.Take(NodeMemory.MaxTcpRelays)) text.Append("tcp-relay ").Append(relay.ToLink()).Append('\n');
        foreach (var peer in memory.Peers.TakeLast(NodeMemory.MaxPeers))
        {
            text.Append("peer ").Append(Convert.ToHexStringLower(peer.PublicKey.Value.AsSpan()));
            foreach (var relay in peer.RelayAddresses.Take(MaxRelays)) text.Append(' ').Append(relay);
            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Reads it. Lines that are not understood are skipped.</summary>
    /// <returns>Null when it is something else.</returns>
    public static NodeMemory? TryParse(string text)
    {
        var lines = text.Split('\n', MaxLines + 1, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lines.Length == 0 || lines[0] != Header) return null;
        var (nodes, peers, relays) = (new List<UdpAddress>(), new List<DhtPeer>(), new List<TcpRelayLink>());
        foreach (var line in lines.Skip(1).Take(MaxLines))
        {
            var words = line.Split(' ', MaxRelays + 3, StringSplitOptions.RemoveEmptyEntries);
            if (words is ["node", var address] && nodes.Count < NodeMemory.MaxNodes && TryParse(address, out var node)) nodes.Add(node);
            else if (words is ["tcp-relay", var link] && relays.Count < NodeMemory.MaxTcpRelays && TcpRelayLink.TryParse(link, out var relay)) relays.Add(relay);
            else if (words is ["peer", var key, _, ..] && peers.Count < NodeMemory.MaxPeers && Id32.TryParse<PublicKey>(key, out var peer)) peers.Add(ToPeer(peer, words));
        }

        return new NodeMemory(nodes, peers) { TcpRelays = relays };
    }

    private static DhtPeer ToPeer(PublicKey key, string[] words)
    {
        var relays = new List<UdpAddress>(MaxRelays);
        foreach (var word in words.Skip(2).Take(MaxRelays))
        {
            if (TryParse(word, out var relay)) relays.Add(relay);
        }

        return new DhtPeer(key, relays);
    }

    private static bool TryParse(string text, out UdpAddress address) =>
        UdpAddress.TryParse(text, out address) && address.IsIPv4 && address.Port != 0;
}
