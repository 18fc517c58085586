using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Nashi.Cryptography;
using Nashi.Dht;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi pipe</c>: standard input and output of two machines, joined by an encrypted stream.</summary>
/// <remarks>Compatible with the npm package hyperbeam: the phrase is a key pair's seed in base32; the listener lets in only who holds the same seed.</remarks>
internal static class PipeCommand
{
    public static Command Build(CommandHost host)
    {
        var phrase = new Argument<string?>("phrase") { Description = "What the other side printed; without it, a new pipe is made", Arity = ArgumentArity.ZeroOrOne };
        var listen = new Option<bool>("--listen", "-r") { Description = "Wait for the other side with this phrase, instead of connecting to it" };
        var command = new Command("pipe", "Join standard input and output of two machines, encrypted (compatible with hyperbeam); with --json, its events are on standard error") { phrase, listen };
        host.HandleData(command, (context, cancellation) =>
            RunAsync(context, context.Parsed.GetValue(phrase), context.Parsed.GetValue(listen), cancellation));
        return command;
    }

    private static async Task RunAsync(CliContext context, string? phrase, bool listen, CancellationToken cancellation)
    {
        using var keyPair = MakeKeyPair(ref phrase, ref listen);
        var options = new DhtOptions
        {
            Bootstrap = await context.BootstrapAsync(cancellation).ConfigureAwait(false),
            Host = context.Host,
            Lan = context.Lan,
            Ephemeral = true,
            Cache = context.NodeCache,
            Logger = context.Logs.CreateLogger("Nashi.Dht"),
        };
        await using var node = await DhtNode.StartAsync(options, cancellation).ConfigureAwait(false);
        await using var connection = listen
            ? await ListenAsync(context, node, keyPair, phrase!, cancellation).ConfigureAwait(false)
            : await ConnectAsync(context, node, keyPair, cancellation).ConfigureAwait(false);
        context.Reporter.Report("connected", new JsonObject { ["address"] = connection.RemoteAddress.ToString() }, "Connected: what you type arrives there, encrypted end to end.");
        // Closed by the end of the program: a read of a terminal cannot be taken back.
        await PipePump.RunAsync(connection.Stream, Console.OpenStandardInput(), Console.OpenStandardOutput(), isTyped: !Console.IsInputRedirected, cancellation).ConfigureAwait(false);
        context.Reporter.Final();
    }

    private static KeyPair MakeKeyPair(ref string? phrase, ref bool listen)
    {
        Span<byte> seed = stackalloc byte[KeyPair.SeedSize];
        if (phrase is null)
        {
            SystemRandom.Instance.Fill(seed);
            phrase = Base32.Encode(seed);
            listen = true;
        }
        else if (!Base32.TryDecode(phrase.Trim(), seed))
        {
            throw CliException.Usage("A phrase has 52 letters a-z and digits 2-7. Leave it out to make a new pipe.");
        }

        var pair = KeyPair.FromSeed(seed);
        CryptographicOperations.ZeroMemory(seed);
        return pair;
    }

    private static async Task<DhtConnection> ListenAsync(CliContext context, DhtNode node, KeyPair keyPair, string phrase, CancellationToken cancellation)
    {
        // Only the holder of the same secret may come in. The phrase goes to standard error, once: it is the secret.
        var server = node.CreateServer(new DhtServerOptions { Firewall = (remote, _) => remote != keyPair.PublicKey });
        await using var serverClosing = server.ConfigureAwait(false);
        await server.ListenAsync(keyPair, cancellation).ConfigureAwait(false);
        context.Reporter.Report("listening", new JsonObject { ["phrase"] = phrase }, $"On the other machine: nashi pipe {phrase}");
        return await server.Connections.ReadAsync(cancellation).ConfigureAwait(false);
    }

    private static async Task<DhtConnection> ConnectAsync(CliContext context, DhtNode node, KeyPair keyPair, CancellationToken cancellation)
    {
        context.Reporter.Report("connecting", [], "Connecting...");
        return await node.ConnectAsync(keyPair.PublicKey, new DhtConnectOptions { KeyPair = keyPair }, cancellation).ConfigureAwait(false);
    }
}
