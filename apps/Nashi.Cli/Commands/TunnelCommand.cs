using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Nashi.Dht;
using Nashi.Encoding;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi tunnel</c>: TCP between two machines by key; each TCP connection is a connection of its own over the DHT.</summary>
internal static class TunnelCommand
{
    private const int ConnectionsMax = 1024;

    public static Command Build(CommandHost host)
    {
        var command = new Command("tunnel", "Carry TCP to another machine, encrypted, by key");
        command.Subcommands.Add(BuildServe(host));
        command.Subcommands.Add(BuildOpen(host));
        return command;
    }

    private static Command BuildServe(CommandHost host)
    {
        var to = new Option<string>("--to") { Description = "Where to connect to for each client", HelpName = "host:port", Required = true };
        var allow = ListOption.Make("--allow", "Keys of those who may use it, or * for everybody who knows the key");
        var seed = KeyFile.MakeOption();
        var command = new Command("serve", "Offer a TCP service of this machine or network, until Ctrl-C") { to, allow, seed };
        host.Handle(command, (context, cancellation) => ServeAsync(
            context, ParseEnd(context.Parsed.GetRequiredValue(to)), ListOption.Split(context.Parsed.GetValue(allow)), context.Parsed.GetValue(seed), cancellation));
        return command;
    }

    private static Command BuildOpen(CommandHost host)
    {
        var key = new Argument<string>("key") { Description = "The key that tunnel serve printed" };
        var listen = new Option<string>("--listen") { Description = "Where to accept TCP; port 0 takes a free one", HelpName = "[address:]port", Required = true };
        var relay = ListOption.Make("--relay", "Keys of blind relays to go through while, and in case, there is no direct path");
        var seed = KeyFile.MakeOption();
        var command = new Command("open", "Make a served TCP service available here, until Ctrl-C") { key, listen, relay, seed };
        host.Handle(command, (context, cancellation) =>
        {
            var peer = new PublicKey(CliContext.ParseKey(context.Parsed.GetRequiredValue(key)).Value);
            var relays = ConnectCommand.ParseKeys(context.Parsed.GetValue(relay));
            return OpenAsync(context, peer, ParseListen(context.Parsed.GetRequiredValue(listen)), relays, context.Parsed.GetValue(seed), cancellation);
        });
        return command;
    }

    private static async Task ServeAsync(CliContext context, DnsEndPoint to, string[] allow, FileInfo? seed, CancellationToken cancellation)
    {
        var refuses = Refuses(allow);
        using var keyPair = KeyFile.Open(context, seed, "tunnel");
        await using var node = await context.StartNodeAsync(serves: false, cancellation).ConfigureAwait(false);
        await using var server = node.CreateServer(new DhtServerOptions { Firewall = refuses });
        await server.ListenAsync(keyPair, cancellation).ConfigureAwait(false);
        context.Reporter.Report(
            "listening",
            new JsonObject { ["publicKey"] = server.PublicKey.ToString(), ["to"] = $"{to.Host}:{to.Port}" },
            $"Serving {to.Host}:{to.Port} as {server.PublicKey}. Ctrl-C stops.");
        context.Reporter.Hint($"On the other machine: nashi tunnel open {server.PublicKey} --listen {to.Port}");
        await EachAsync(server.Connections, connection => ServeOneAsync(context, connection, to, cancellation), cancellation).ConfigureAwait(false);
        context.Reporter.Final(text: "Stopped.");
    }

    private static async Task OpenAsync(CliContext context, PublicKey peer, IPEndPoint at, PublicKey[] relays, FileInfo? seed, CancellationToken cancellation)
    {
        using var keyPair = KeyFile.Open(context, seed, "identity");
        using var listener = Listen(at);
        await using var node = await context.StartNodeAsync(serves: false, cancellation).ConfigureAwait(false);
        var bound = (IPEndPoint)listener.LocalEndPoint!;
        context.Reporter.Report(
            "listening",
            new JsonObject { ["address"] = bound.Address.ToString(), ["port"] = bound.Port, ["publicKey"] = keyPair.PublicKey.ToString() },
            $"Accepting TCP at {bound} for {peer}, as {keyPair.PublicKey}. Ctrl-C stops.");
        var options = new DhtConnectOptions { KeyPair = keyPair, RelayThrough = relays };
        var sockets = Channel.CreateBounded<Socket>(1);
        var accepting = AcceptAsync(listener, sockets.Writer, cancellation);
        await EachAsync(sockets.Reader, socket => OpenOneAsync(context, socket, node, peer, options, cancellation), cancellation).ConfigureAwait(false);
        await accepting.ConfigureAwait(false);
        context.Reporter.Final(text: "Stopped.");
    }

    // Runs until Ctrl-C; then waits for all that was begun, each of which hears of it too.
    private static async Task EachAsync<T>(ChannelReader<T> incoming, Func<T, Task> serve, CancellationToken cancellation)
    {
        using var room = new SemaphoreSlim(ConnectionsMax);
        try
        {
            while (true)
            {
                // Whoever comes when it is full waits outside.
                await room.WaitAsync(cancellation).ConfigureAwait(false);
                var next = await incoming.ReadAsync(cancellation).ConfigureAwait(false);
                _ = ServeAsync(next);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Also counts the place that was taken for the one who did not come.
            for (var i = room.CurrentCount == ConnectionsMax ? 0 : 1; i < ConnectionsMax; i++) await room.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        }

        async Task ServeAsync(T one)
        {
            await serve(one).ConfigureAwait(false);
            _ = room.Release();
        }
    }

    private static async Task ServeOneAsync(CliContext context, DhtConnection connection, DnsEndPoint to, CancellationToken cancellation)
    {
        await using (connection.ConfigureAwait(false))
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await GuardAsync(context, connection.RemotePublicKey, socket, async () =>
            {
                await socket.ConnectAsync(to, cancellation).ConfigureAwait(false);
                return await CarryAsync(context, socket, connection, cancellation).ConfigureAwait(false);
            }).ConfigureAwait(false);
        }
    }

    private static Task OpenOneAsync(CliContext context, Socket socket, DhtNode node, PublicKey peer, DhtConnectOptions options, CancellationToken cancellation) =>
        GuardAsync(context, peer, socket, async () =>
        {
            await using var connection = await node.ConnectAsync(peer, options, cancellation).ConfigureAwait(false);
            return await CarryAsync(context, socket, connection, cancellation).ConfigureAwait(false);
        });

    private static Task<TunnelCount> CarryAsync(CliContext context, Socket socket, DhtConnection connection, CancellationToken cancellation)
    {
        var facts = new JsonObject { ["publicKey"] = connection.RemotePublicKey.ToString(), ["kind"] = connection.Kind.ToString(), ["address"] = connection.RemoteAddress.ToString() };
        context.Reporter.Report("connection", facts, connection.ToString());
        return TunnelPump.RunAsync(socket, connection, cancellation);
    }

    // One connection that fails is told of, and concerns no other.
    private static async Task GuardAsync(CliContext context, PublicKey peer, Socket socket, Func<Task<TunnelCount>> carry)
    {
        try
        {
            var count = await carry().ConfigureAwait(false);
            context.Reporter.Report(
                "closed",
                new JsonObject { ["publicKey"] = peer.ToString(), ["sent"] = count.Sent, ["received"] = count.Received },
                $"Closed: {count.Sent} bytes to {peer}, {count.Received} from it.");
            socket.Dispose();
        }
        catch (Exception error) when (error is NashiException or SocketException or IOException or OperationCanceledException)
        {
            // The other end of it must see that it broke: a reset, not an end.
            socket.Close(0);
            if (error is OperationCanceledException) return;
            var own = error as NashiException;
            if (own is not null) context.Note("tunnel", own);
            var code = own?.Code ?? "ERR_IO";
            context.Reporter.Report("failed", new JsonObject { ["publicKey"] = peer.ToString(), ["code"] = code, ["message"] = error.Message }, $"{peer}: {error.Message} [{code}]");
        }
    }

    private static Socket Listen(IPEndPoint at)
    {
        var listener = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(at);
            listener.Listen();
            return listener;
        }
        catch (SocketException error)
        {
            listener.Dispose();
            throw new CliException("ERR_ADDRESS", $"Cannot accept TCP at {at}: {error.Message}");
        }
    }

    private static async Task AcceptAsync(Socket listener, ChannelWriter<Socket> sockets, CancellationToken cancellation)
    {
        try
        {
            while (true) await sockets.WriteAsync(await listener.AcceptAsync(cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Ctrl-C is how it is meant to end.
        }
    }

    private static Func<PublicKey, Nashi.Datagrams.UdpAddress, bool>? Refuses(string[] allow)
    {
        if (allow.Length == 0) throw CliException.Usage("Say who may use the tunnel: --allow with the keys that tunnel open prints there, or --allow * for everybody who knows this one's key.");
        if (allow.Contains("*")) return null;
        var keys = ConnectCommand.ParseKeys(allow).ToHashSet();
        return (client, _) => !keys.Contains(client);
    }

    private static DnsEndPoint ParseEnd(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), out var port) || port == 0) throw CliException.Usage($"'{text}' is not host:port, such as localhost:22.");
        return new DnsEndPoint(text[..colon].Trim('[', ']'), port);
    }

    // A port alone is for this machine: who wants to open it to the network says so.
    private static IPEndPoint ParseListen(string text)
    {
        if (ushort.TryParse(text, out var port)) return new IPEndPoint(IPAddress.Loopback, port);
        return text.Contains(':') && IPEndPoint.TryParse(text, out var end) ? end : throw CliException.Usage($"'{text}' is not a port or address:port, such as 8022 or 0.0.0.0:8022.");
    }
}
