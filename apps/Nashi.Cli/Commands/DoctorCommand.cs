using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Nashi.Datagrams;
using Nashi.Dht;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi doctor</c>.</summary>
internal static class DoctorCommand
{
    private const int Tries = 3;
    private const int WitnessesMax = 8;
    private const int WitnessesEnough = 2;

    public static Command Build(CommandHost host)
    {
        var command = new Command("doctor", "Find out in plain words how well this machine can reach others, and what to try");
        host.Handle(command, RunAsync);
        return command;
    }

    private static async Task RunAsync(CliContext context, CancellationToken cancellation)
    {
        var advice = new List<string>();
        ReportInterfaces(context, advice);
        var entrances = await ResolveAsync(context, advice, cancellation).ConfigureAwait(false);
        var remembered = await ReportCacheAsync(context, entrances, cancellation).ConfigureAwait(false);
        // Bound as any other command binds, and asked from one socket: so the answers tell what its translator does.
        var node = await context.StartNodeAsync(serves: false, cancellation).ConfigureAwait(false);
        await using var nodeClosing = node.ConfigureAwait(false);
        var answered = new List<(UdpAddress Node, DhtPing Ping)>();
        foreach (var entrance in entrances) await AskAsync(context, node, entrance, "bootstrap", answered, cancellation).ConfigureAwait(false);
        await node.BootstrappedAsync(cancellation).ConfigureAwait(false);
        var others = remembered.Concat(await FindNodesAsync(node, cancellation).ConfigureAwait(false)).Except(entrances).Distinct();
        foreach (var other in others.Take(WitnessesMax).ToArray())
        {
            await AskAsync(context, node, other, "node", answered, cancellation).ConfigureAwait(false);
        }

        var standing = Judge(answered, node);
        Advise(advice, standing);
        Conclude(context, node, standing, answered.Count, advice);
    }

    private static void ReportInterfaces(CliContext context, List<string> advice)
    {
        var all = SystemNetworkWatch.Instance.GetAddresses();
        var ipv4 = all.Where(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address)).ToArray();
        var ipv6 = all.Where(address => address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv6LinkLocal: false } && !IPAddress.IsLoopback(address)).ToArray();
        var facts = new JsonObject { ["ipv4"] = ToJson(ipv4), ["ipv6"] = ToJson(ipv6) };
        context.Reporter.Report("interfaces", facts, $"IPv4 of this machine: {List(ipv4)}\nIPv6 of this machine: {List(ipv6)} (the DHT itself speaks IPv4 only)");
        if (ipv4.Length == 0 && !IPAddress.IsLoopback(context.Host)) advice.Add("This machine has no IPv4 address. The DHT speaks IPv4 only: connect to a network that has it.");
    }

    private static async Task<IReadOnlyList<UdpAddress>> ResolveAsync(CliContext context, List<string> advice, CancellationToken cancellation)
    {
        var entrances = await context.BootstrapAsync(cancellation).ConfigureAwait(false);
        if (entrances.Count == 0) advice.Add("No bootstrap node could be resolved: name some by address, with --bootstrap host:port.");
        return entrances;
    }

    private static async Task<IReadOnlyList<UdpAddress>> ReportCacheAsync(CliContext context, IReadOnlyList<UdpAddress> entrances, CancellationToken cancellation)
    {
        var memory = await context.NodeCache.LoadAsync(DhtNode.NameOf(entrances), cancellation).ConfigureAwait(false) ?? NodeMemory.Empty;
        context.Reporter.Report(
            "cache",
            new JsonObject { ["nodes"] = memory.Nodes.Count, ["peers"] = memory.Peers.Count },
            memory.Nodes.Count == 0 ? "Remembered from before: nothing yet." : $"Remembered from before: {memory.Nodes.Count} nodes, {memory.Peers.Count} peers. It can do without bootstrap nodes.");
        return [.. memory.Nodes.Take(WitnessesMax)];
    }
}
