using System.Globalization;
using Nashi.Datagrams;

namespace Nashi.Udx.Tests;

/// <summary>Streams over real sockets that move from a relay to a direct path while bytes flow. <c>NASHI_RUNS=200</c> for a longer run.</summary>
public sealed class MoveSocketTests
{
    private const int Block = 16_384;
    private const int AtOnce = 20;
    private static readonly int s_runs = int.Parse(Environment.GetEnvironmentVariable("NASHI_RUNS") ?? "5", CultureInfo.InvariantCulture);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly UdpAddress s_loopback = UdpAddress.FromIPv4(0x7f000001, 0);

    [Fact]
    public async Task Move_RelayToDirect_KillsNoStreamAndLosesNoByte()
    {
        for (var first = 0; first < s_runs; first += AtOnce)
            await Task.WhenAll(Enumerable.Range(first, Math.Min(AtOnce, s_runs - first)).Select(MoveOnceAsync));
    }

    private static async Task MoveOnceAsync(int run)
    {
        await using var ends = new UdxHost();
        await using var relay = new UdxHost();
        var (one, two, middle) = (ends.Bind(s_loopback), ends.Bind(s_loopback), relay.Bind(s_loopback));
        var (x, y) = (relay.CreateStream(11), relay.CreateStream(12));
        x.RelayTo(y);
        y.RelayTo(x);
        x.Connect(middle, 1, one.LocalAddress);
        y.Connect(middle, 2, two.LocalAddress);
        var (a, b) = (ends.CreateStream(1), ends.CreateStream(2));
        (a.FollowsRemote, b.FollowsRemote) = (false, false);
        a.Connect(one, 11, middle.LocalAddress);
        b.Connect(two, 12, middle.LocalAddress);
        // As a punch does it: one end by a socket of its own, the other by the one it has.
        var punched = ends.Bind(s_loopback);
        var stop = new CancellationTokenSource();
        using var stopping = stop;
        var flowing = Task.WhenAll(WriteAsync(a, stop.Token), WriteAsync(b, stop.Token), CheckAsync(a), CheckAsync(b));
        // Not at the same moment: one punches through first.
        var first = a.TryMoveAsync(punched, 2, two.LocalAddress);
        if (run % 2 == 0) await Task.Yield();
        else await Task.WhenAny(flowing, Task.Run(() => Thread.SpinWait(run * 1000)));
        var second = b.TryMoveAsync(two, 1, punched.LocalAddress);
        var moved = await Task.WhenAll(first, second).WaitAsync(s_patience);
        Assert.Equal([true, true], moved);
        x.Abort();
        (a.FollowsRemote, b.FollowsRemote) = (true, true);
        await stop.CancelAsync();
        var counts = await flowing.WaitAsync(s_patience);
        Assert.Equal((counts[0], counts[1]), (counts[3], counts[2]));
        Assert.Equal((UdxCloseKind.Ended, UdxCloseKind.Ended), ((await a.Closed.WaitAsync(s_patience)).Kind, (await b.Closed.WaitAsync(s_patience)).Kind));
        Assert.Equal((two.LocalAddress, punched.LocalAddress), (a.Remote, b.Remote));
    }

    private static async Task<long> WriteAsync(UdxStream stream, CancellationToken stop)
    {
        // Bytes flow all the time, but leave the machine to the others.
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        long sent = 0;
        var block = new byte[Block];
        while (!stop.IsCancellationRequested || sent < 1 << 20)
        {
            for (var i = 0; i < Block; i++) block[i] = ByteAt(sent + i);
            await stream.WriteAsync(block, CancellationToken.None).AsTask().WaitAsync(s_patience, CancellationToken.None);
            sent += Block;
            await pace.WaitForNextTickAsync(CancellationToken.None);
        }

        await stream.ShutdownAsync(CancellationToken.None).AsTask().WaitAsync(s_patience, CancellationToken.None);
        return sent;
    }

    private static async Task<long> CheckAsync(UdxStream stream)
    {
        var buffer = new byte[65_536];
        long got = 0;
        while (await stream.ReadAsync(buffer).AsTask().WaitAsync(s_patience) is > 0 and var count)
        {
            for (var i = 0; i < count; i++)
            {
                if (buffer[i] != ByteAt(got + i)) Assert.Fail($"Byte {got + i} is another than was sent.");
            }

            got += count;
        }

        return got;
    }

    private static byte ByteAt(long number) => (byte)((number * 31) + ((number >> 8) * 7) + (number >> 16));
}
