using System.CommandLine;
using System.Text.Json.Nodes;
using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi dht lookup</c>.</summary>
internal static class DhtLookupCommand
{
    public static Command Build(CommandHost host)
    {
        var topic = TopicArgument.Make();
        var name = TopicArgument.MakeName();
        var command = new Command("lookup", "Show who announced a topic") { topic, name };
        host.Handle(command, (context, cancellation) =>
            RunAsync(context, TopicArgument.Parse(context.Parsed.GetRequiredValue(topic), context.Parsed.GetValue(name)), cancellation));
        return command;
    }

    private static async Task RunAsync(CliContext context, Topic topic, CancellationToken cancellation)
    {
        await using var node = await context.JoinAsync(cancellation).ConfigureAwait(false);
        var peers = new HashSet<PublicKey>();
        var nodes = 0;
        await foreach (var reply in node.LookupAsync(topic, cancellation).ConfigureAwait(false))
        {
            nodes++;
            foreach (var peer in reply.Peers)
            {
                if (peers.Add(peer.PublicKey)) Report(context, peer.PublicKey, peer.RelayAddresses, reply.From);
            }
        }

        var facts = new JsonObject { ["topic"] = topic.ToString(), ["peers"] = peers.Count, ["nodes"] = nodes };
        context.Reporter.Final(facts, peers.Count == 0 ? "Nobody announced it." : null);
    }

    private static void Report(CliContext context, PublicKey peer, IReadOnlyList<UdpAddress> relays, UdpAddress from)
    {
        var data = new JsonObject
        {
            ["publicKey"] = peer.ToString(),
            ["relays"] = new JsonArray([.. relays.Select(relay => (JsonNode)relay.ToString())]),
            ["from"] = from.ToString(),
        };
        context.Reporter.Report("peer", data, relays.Count == 0 ? $"{peer}" : $"{peer}  by way of {string.Join(", ", relays)}");
    }
}
