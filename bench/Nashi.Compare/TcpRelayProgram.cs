using System.Net;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.TcpRelay;
using Nashi.Udx;

namespace Nashi.Compare;

/// <summary>A UDX stream by way of a TCP relay, and straight, all in this process on 127.0.0.1: <c>tcprelay run --mb=256</c>. The reference has nothing to compare with.</summary>
internal static class TcpRelayProgram
{
    private static readonly UdpAddress Local = UdpAddress.FromIPv4(0x7f000001, 0);

    public static async Task<int> RunAsync(Options options)
    {
        var bytes = options.Number("mb", 256) << 20;
        using var keyPair = KeyPair.Generate(SystemRandom.Instance);
        await using var relay = TcpRelayServer.Start(
            keyPair, new TcpRelayServerOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), UdpHost = IPAddress.Loopback, AllowPrivate = true, SessionRate = 0 });
        await using var connection = await TcpRelayConnection.ConnectAsync(relay.LinkFor("127.0.0.1"));
        var detour = new Detour();
        await using var near = new UdxHost(new UdxOptions { OpenSocket = detour.Open });
        await using var far = new UdxHost();
        var (a, b) = (near.Bind(Local), far.Bind(Local));
        await MeasureAsync("straight", near.CreateStream(1), far.CreateStream(2), a, b, a.LocalAddress, bytes);
        detour.Take(connection);
        var port = new TaskCompletionSource<UdpAddress>();
        b.SetDatagramHandler((_, _, from) => port.TrySetResult(from));
        a.TrySend([0], b.LocalAddress);
        await MeasureAsync("up", near.CreateStream(3), far.CreateStream(4), a, b, await port.Task, bytes);
        await MeasureAsync("down", far.CreateStream(6), near.CreateStream(5), b, a, b.LocalAddress, bytes, await port.Task);
        return 0;
    }

    private static async Task MeasureAsync(
        string name, UdxStream sender, UdxStream receiver, UdxSocket senderSocket, UdxSocket receiverSocket, UdpAddress senderAddress, long bytes, UdpAddress? receiverAddress = null)
    {
        sender.Connect(senderSocket, receiver.LocalId, receiverAddress ?? receiverSocket.LocalAddress);
        receiver.Connect(receiverSocket, sender.LocalId, senderAddress);
        var (began, used) = (Instant.Now(TimeProvider.System), Say.ProcessorTime());
        var sending = SendAsync(sender, bytes);
        var buffer = new byte[1 << 20];
        for (long left = bytes; left > 0;) left -= await receiver.ReadAsync(buffer);
        await sending;
        var seconds = (Instant.Now(TimeProvider.System) - began).TotalSeconds;
        var stats = sender.GetStats();
        Say.Figures(
            ($"{name}MBps", bytes / 1e6 / seconds), ($"{name}CpuSeconds", (Say.ProcessorTime() - used).TotalSeconds), ("sent", stats.PacketsSent), ("repeated", stats.Retransmits));
    }

    private static async Task SendAsync(UdxStream stream, long bytes)
    {
        var block = new byte[1 << 20];
        for (long left = bytes; left > 0; left -= block.Length) await stream.WriteAsync(block);
        await stream.DrainedAsync();
    }
}
