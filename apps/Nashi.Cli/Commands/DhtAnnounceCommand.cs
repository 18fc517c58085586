using System.CommandLine;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Nashi.Cryptography;
using Nashi.Dht;
using Nashi.Encoding;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi dht announce</c>.</summary>
internal static class DhtAnnounceCommand
{
    // Nodes forget an announcement after twenty minutes.
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(8);
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(5);

    public static Command Build(CommandHost host)
    {
        var topic = TopicArgument.Make();
        var name = TopicArgument.MakeName();
        var seed = KeyFile.MakeOption();
        var command = new Command("announce", "Be found under a topic, and accept whoever connects, until Ctrl-C") { topic, name, seed };
        host.Handle(command, (context, cancellation) => RunAsync(
            context, TopicArgument.Parse(context.Parsed.GetRequiredValue(topic), context.Parsed.GetValue(name)), context.Parsed.GetValue(seed), cancellation));
        return command;
    }

    private static async Task RunAsync(CliContext context, Topic topic, FileInfo? seed, CancellationToken cancellation)
    {
        using var keyPair = KeyFile.Open(context, seed, "identity");
        await using var node = await context.JoinAsync(cancellation).ConfigureAwait(false);
        await using var server = node.CreateServer();
        await server.ListenAsync(keyPair, cancellation).ConfigureAwait(false);
        await node.AnnounceAsync(topic, keyPair, server.RelayAddresses, cancellation).ConfigureAwait(false);
        var facts = new JsonObject { ["topic"] = topic.ToString(), ["publicKey"] = keyPair.PublicKey.ToString() };
        context.Reporter.Report("announced", facts, $"Announced {keyPair.PublicKey} under {topic}. Ctrl-C stops.");
        var accepting = AcceptAsync(context, server.Connections);
        await RepeatAsync(context, () => node.AnnounceAsync(topic, keyPair, server.RelayAddresses, cancellation), cancellation).ConfigureAwait(false);
        await WithdrawAsync(node, topic, keyPair).ConfigureAwait(false);
        await server.DisposeAsync().ConfigureAwait(false);
        await accepting.ConfigureAwait(false);
        context.Reporter.Final(text: "Stopped.");
    }

    private static async Task RepeatAsync(CliContext context, Func<ValueTask> announce, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Again, TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
            {
                try
                {
                    await announce().ConfigureAwait(false);
                }
                catch (NashiException error) when (error.IsTransient)
                {
                    context.Reporter.Report(
                        "announce-failed",
                        new JsonObject { ["code"] = error.Code, ["message"] = error.Message },
                        $"Not announced anew: {error.Message} Trying again in {Again.TotalMinutes:0} minutes.");
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Ctrl-C is how it is meant to end.
        }
    }

    private static async Task WithdrawAsync(DhtNode node, Topic topic, KeyPair keyPair)
    {
        using var patience = new CancellationTokenSource(Goodbye, TimeProvider.System);
        try
        {
            await node.UnannounceAsync(topic, keyPair, patience.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or NashiException)
        {
            // It is forgotten by itself soon.
        }
    }

    private static async Task AcceptAsync(CliContext context, ChannelReader<DhtConnection> connections)
    {
        await foreach (var connection in connections.ReadAllAsync().ConfigureAwait(false)) _ = HoldAsync(context, connection);
    }

    // Kept, and whatever comes thrown away, until the peer has enough of it.
    private static async Task HoldAsync(CliContext context, DhtConnection connection)
    {
        await using (connection.ConfigureAwait(false))
        {
            context.Reporter.Report("connection", Facts(connection), connection.ToString());
            while (!(await connection.Stream.ReadAsync().ConfigureAwait(false)).IsCompleted)
            {
            }

            await connection.Stream.EndAsync().ConfigureAwait(false);
            context.Reporter.Report("closed", Facts(connection), $"{connection.RemotePublicKey} has closed.");
        }
    }

    private static JsonObject Facts(DhtConnection connection) => new()
    {
        ["publicKey"] = connection.RemotePublicKey.ToString(),
        ["kind"] = connection.Kind.ToString(),
        ["address"] = connection.RemoteAddress.ToString(),
    };
}
