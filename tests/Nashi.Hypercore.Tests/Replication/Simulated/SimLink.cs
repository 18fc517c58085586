using Nashi.Hypercore.Replication.Protocol;

namespace Nashi.Hypercore.Tests.Replication.Simulated;

/// <summary>How bad a connection is.</summary>
internal sealed record SimLinkOptions(TimeSpan Latency, TimeSpan Jitter, double Loss, double Corruption);

/// <summary>One side of a connection. What peers tell of themselves arrives, in order; requests and answers may be lost, overtake each other, or be damaged.</summary>
internal sealed class SimEnd(SimWorld world, SimNode node, SimLinkOptions options)
{
    private Instant _lastInOrder;

    public SimNode Node => node;

    public SimEnd Other { get; private set; } = null!;

    public RemotePeer? Peer { get; set; }

    public bool IsClosed { get; private set; }

    /// <summary>Requests that the other side took back before they were answered.</summary>
    public HashSet<ulong> Cancelled { get; } = [];

    public static SimEnd Connect(SimWorld world, SimNode a, SimNode b, SimLinkOptions options)
    {
        var (left, right) = (new SimEnd(world, a, options), new SimEnd(world, b, options));
        (left.Other, right.Other) = (right, left);
        a.Open(left);
        b.Open(right);
        return left;
    }

    public void Tell(Action<SimEnd> deliver)
    {
        _lastInOrder = Instant.Max(_lastInOrder, world.Now + options.Latency + world.Within(options.Jitter));
        world.After(_lastInOrder - world.Now, () => Deliver(deliver));
    }

    public void Send(byte[] message, bool mayBeDamaged, Func<SimEnd, byte[], ValueTask> deliver)
    {
        if (world.Chance(options.Loss)) return;
        if (mayBeDamaged && world.Chance(options.Corruption)) message[world.Below(message.Length)] ^= (byte)(1 << world.Below(8));
        world.After(options.Latency + world.Within(options.Jitter), () => Other.IsClosed ? default : deliver(Other, message));
    }

    public void Close()
    {
        foreach (var end in (SimEnd[])[this, Other])
        {
            if (end.IsClosed) continue;
            end.IsClosed = true;
            end.Node.HandleClosed(end);
        }
    }

    private void Deliver(Action<SimEnd> deliver)
    {
        if (!Other.IsClosed) deliver(Other);
    }
}
