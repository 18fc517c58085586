using System.CommandLine;
using System.Text.Json.Nodes;
using Nashi.Cryptography;
using Nashi.Dht;
using Nashi.Encoding;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi connect</c>.</summary>
internal static class ConnectCommand
{
    public static Command Build(CommandHost host)
    {
        var key = new Argument<string>("key") { Description = "The peer's public key: z-base-32 or hex" };
        var relay = ListOption.Make("--relay", "Keys of blind relays to go through while, and in case, there is no direct path");
        var seed = KeyFile.MakeOption();
        var command = new Command("connect", "Connect to a peer by its key, show how that went, and close") { key, relay, seed };
        host.Handle(command, (context, cancellation) => RunAsync(
            context,
            new PublicKey(CliContext.ParseKey(context.Parsed.GetRequiredValue(key)).Value),
            ParseKeys(context.Parsed.GetValue(relay)),
            context.Parsed.GetValue(seed),
            cancellation));
        return command;
    }

    /// <summary>Keys of a list option.</summary>
    public static PublicKey[] ParseKeys(string[]? values) => [.. ListOption.Split(values).Select(key => new PublicKey(CliContext.ParseKey(key).Value))];

    /// <summary>Shows one step of connecting.</summary>
    public static void ReportStep(CliContext context, ConnectStep step) => context.Reporter.Report(
        "step",
        new JsonObject { ["name"] = step.Name, ["detail"] = step.Detail, ["ms"] = Math.Round(step.Since.TotalMilliseconds, 1) },
        step.ToString());

    private static async Task RunAsync(CliContext context, PublicKey peer, PublicKey[] relays, FileInfo? seed, CancellationToken cancellation)
    {
        // Who only tries a connection need not be recognized: a new key each time, unless one is given.
        using var keyPair = seed is null ? KeyPair.Generate(SystemRandom.Instance) : KeyFile.Open(context, seed, "");
        await using var node = await context.StartNodeAsync(serves: false, cancellation).ConfigureAwait(false);
        await node.BootstrappedAsync(cancellation).ConfigureAwait(false);
        var began = Instant.Now(TimeProvider.System);
        var options = new DhtConnectOptions { KeyPair = keyPair, RelayThrough = relays, Progress = step => ReportStep(context, step) };
        await using var connection = await node.ConnectAsync(peer, options, cancellation).ConfigureAwait(false);
        var took = Instant.Now(TimeProvider.System) - began;
        ReportConnection(context, connection, took);
        await connection.Stream.EndAsync(cancellation).ConfigureAwait(false);
    }

    private static void ReportConnection(CliContext context, DhtConnection connection, TimeSpan took)
    {
        var info = connection.GetInfo();
        var facts = new JsonObject
        {
            ["publicKey"] = connection.RemotePublicKey.ToString(),
            ["kind"] = info.Kind.ToString(),
            ["address"] = info.RemoteAddress.ToString(),
            ["relay"] = info.RelayedBy?.ToString(),
            ["tcpRelay"] = info.TcpRelay?.ToString(),
            ["ms"] = Math.Round(took.TotalMilliseconds, 1),
            ["roundTripMs"] = Math.Round(info.RoundTrip.TotalMilliseconds, 1),
        };
        context.Reporter.Final(facts, $"Connected to {connection.RemotePublicKey} in {took.TotalMilliseconds:0} ms: {Describe(info)}");
    }

    private static string Describe(ConnectionInfo info) =>
        DescribePath(info) + (info.TcpRelay is { } relay ? $"; UDP is blocked here, so everything goes round by the TCP relay {relay}" : "");

    private static string DescribePath(ConnectionInfo info) => info.Kind switch
    {
        ConnectionKind.Direct => $"directly, at {info.RemoteAddress}",
        ConnectionKind.Lan => $"over the local network, at {info.RemoteAddress}",
        ConnectionKind.HolePunched => $"through a punched hole, at {info.RemoteAddress}",
        _ => $"through the blind relay {info.RelayedBy}; its packets go to {info.RemoteAddress}",
    };
}
