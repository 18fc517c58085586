using Nashi.Laboratory.Kernel;
using Nashi.Laboratory.Links;
using Nashi.Laboratory.Peers;
using Nashi.Laboratory.Topology;

namespace Nashi.Laboratory.Cases;

/// <summary>Two hosts on one link, a sender and a receiver.</summary>
internal sealed class Sprint(PeerPrograms programs, Course course, Pairing pairing, int run, int seconds)
{
    private const string Sender = "20.1.1.1";
    private const string Receiver = "20.1.1.2";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Megabits a second at the receiver; 0 when the stream died.</summary>
    public async Task<double> RunAsync(CancellationToken cancellationToken)
    {
        var name = Naming.Next();
        using var senderSpace = NetSpace.Create($"{name}-a");
        using var receiverSpace = NetSpace.Create($"{name}-b");
        using var link = Link.Between(senderSpace, "wire", receiverSpace, "wire", course.Model, (ulong)run);
        if (course.Back is { } back) link.In.Model = back;
        senderSpace.Ip(Link.Up("wire", $"{Sender}/30"));
        receiverSpace.Ip(Link.Up("wire", $"{Receiver}/30"));
        await using var server = Start(receiverSpace, Receiver, pairing.Server, "perf-server", "--port", "5000", "--local-id", "2", "--remote-id", "1");
        if (await server.NextAsync(Patience, cancellationToken, "listening") is not { Name: "listening" }) throw new LabException($"a receiver did not start: {server.Errors}");
        await using var client = Start(
            senderSpace, Sender, pairing.Client, "perf-client",
            "--port", "5001", "--local-id", "1", "--remote-id", "2", "--to", $"{Receiver}:5000", "--bytes", "4000000000", "--max-ms", $"{SendMs}");
        if (course.BlackOut is { } dark)
        {
            await LabClock.WaitAsync(TimeSpan.FromSeconds(dark.AtSecond), cancellationToken);
            link.Set(course.Model with { IsDown = true });
            await LabClock.WaitAsync(TimeSpan.FromSeconds(dark.ForSeconds), cancellationToken);
            link.Set(course.Model);
        }

        var done = await server.NextAsync(TimeSpan.FromMilliseconds(SendMs) + Patience, cancellationToken, "done", "error", "crash");
        return done is { Name: "done" } && done.Number("ms") is > 0 and var took ? done.Number("bytes")!.Value * 8 / 1000 / took : 0;
    }

    // A black-out must be over while there is still something to send.
    private int SendMs => 1000 * (int)Math.Max(seconds, course.BlackOut is { } dark ? dark.AtSecond + dark.ForSeconds + 3 : 0);

    private PeerProcess Start(NetSpace space, string address, Side side, string mode, params string[] flags) =>
        PeerProcess.Start(new Host(space, System.Net.IPAddress.Parse(address)), programs.Of(side), [mode, "--host", address, .. flags]);
}
