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
    private const int ChunkSize = 64 * 1024;

    // How long to wait for the remote to confirm the end.
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(5);

    public static Command Build(CommandHost host)
    {
        var phrase = new Argument<string?>("phrase") { Description = "What the other side printed; without it, a new pipe is made", Arity = ArgumentArity.ZeroOrOne };
        var listen = new Option<bool>("--listen", "-r") { Description = "Wait for the other side with this phrase, instead of connecting to it" };
        var command = new Command("pipe", "Join standard input and output of two machines, encrypted (compatible with hyperbeam)") { phrase, listen };
        host.Handle(command, (context, cancellation) =>
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
        Say(context, "connected", new JsonObject { ["address"] = connection.RemoteAddress.ToString() }, "Connected: what you type arrives there, encrypted end to end.");
        await PumpAsync(connection, cancellation).ConfigureAwait(false);
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
        Say(context, "listening", new JsonObject { ["phrase"] = phrase }, $"On the other machine: nashi pipe {phrase}");
        return await server.Connections.ReadAsync(cancellation).ConfigureAwait(false);
    }

    private static async Task<DhtConnection> ConnectAsync(CliContext context, DhtNode node, KeyPair keyPair, CancellationToken cancellation)
    {
        Say(context, "connecting", [], "Connecting...");
        return await node.ConnectAsync(keyPair.PublicKey, new DhtConnectOptions { KeyPair = keyPair }, cancellation).ConfigureAwait(false);
    }

    // Standard output carries the remote's bytes, so what we say goes to standard error, in JSON too.
    private static void Say(CliContext context, string tag, JsonObject data, string text) =>
        context.Reporter.Hint(context.Reporter.IsJson ? new JsonObject { ["cmd"] = "pipe", ["tag"] = tag, ["data"] = data }.ToJsonString() : text);

    private static async Task PumpAsync(DhtConnection connection, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var sending = SendAsync(connection, stop.Token);
        await ReceiveAsync(connection, cancellation).ConfigureAwait(false);
        await connection.Stream.EndAsync(cancellation).ConfigureAwait(false);
        // A terminal may keep its input open for ever: the remote has ended, so we do not wait for it.
        await stop.CancelAsync().ConfigureAwait(false);
        if (sending.IsFaulted) await sending.ConfigureAwait(false);
        var closed = connection.Stream.Closed;
        if (await Task.WhenAny(closed, Task.Delay(Goodbye, TimeProvider.System, cancellation)).ConfigureAwait(false) != closed) return;
        var reason = await closed.ConfigureAwait(false);
        if (!reason.IsClean) throw new CliException("ERR_CONNECTION_LOST", $"The pipe broke: {reason.Message}");
    }

    private static async Task SendAsync(DhtConnection connection, CancellationToken cancellation)
    {
        var input = Console.OpenStandardInput();
        await using (input.ConfigureAwait(false))
        {
            var buffer = new byte[ChunkSize];
            int read;
            while ((read = await input.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
            {
                await connection.Stream.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
            }

            await connection.Stream.EndAsync(cancellation).ConfigureAwait(false);
        }
    }

    private static async Task ReceiveAsync(DhtConnection connection, CancellationToken cancellation)
    {
        var output = Console.OpenStandardOutput();
        await using (output.ConfigureAwait(false))
        {
            while (true)
            {
                var result = await connection.Stream.ReadAsync(cancellation).ConfigureAwait(false);
                if (result.IsCompleted) return;
                await output.WriteAsync(result.Message, cancellation).ConfigureAwait(false);
                await output.FlushAsync(cancellation).ConfigureAwait(false);
            }
        }
    }
}
