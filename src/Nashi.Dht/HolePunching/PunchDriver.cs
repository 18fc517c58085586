using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Udx;

namespace Nashi.Dht.HolePunching;

/// <summary>Does what both sides of a punch have in common: knocks, sockets, samples and time.</summary>
/// <remarks>Owned by a punch session, on whose lane everything runs; whatever else its core wants is the session's to do.</remarks>
internal sealed class PunchDriver : IAsyncDisposable
{
    private readonly IConnectNode _node;
    private readonly Lane _lane;
    private readonly LaneTimer _timer;
    private readonly CancellationTokenSource _life = new();
    private readonly Action<PunchAction> _do;
    private IPunchCore? _core;

    /// <summary>Prepares; nothing is bound yet.</summary>
    /// <param name="node">The node.</param>
    /// <param name="lane">Where everything runs.</param>
    /// <param name="knocked">Told on the lane, inside a step, from where a knock came and to which socket.</param>
    /// <param name="other">Does what only one side knows.</param>
    public PunchDriver(IConnectNode node, Lane lane, Action<UdpAddress, int> knocked, Action<PunchAction> other)
    {
        (_node, _lane, _do) = (node, lane, other);
        _timer = new LaneTimer(node.Clock, lane, () => Step(() => _core!.HandleTimeout(Now)));
        Sockets = new PunchSockets(node, (index, from) => lane.Post(() => Step(() => knocked(from, index))));
    }

    /// <summary>The sockets.</summary>
    public PunchSockets Sockets { get; }

    /// <summary>The present.</summary>
    public Instant Now => _timer.Now;

    /// <summary>Cancelled when it is over.</summary>
    public CancellationToken Life => _life.Token;

    /// <summary>Opens the first socket and begins.</summary>
    /// <exception cref="DatagramException">No port is to be had.</exception>
    public void Start(IPunchCore core, Action? feed = null)
    {
        if (_life.IsCancellationRequested) return;
        _core = core;
        Sockets.Open();
        Step(feed);
    }

    /// <summary>On the lane: feeds the core, then does what it wants.</summary>
    public void Step(Action? feed)
    {
        if (_life.IsCancellationRequested || _core is not { } core) return;
        Sockets.Check();
        feed?.Invoke();
        while (!_life.IsCancellationRequested && core.TryTake(out var action)) Do(action);
        if (!_life.IsCancellationRequested) _timer.Set(core.NextTimeout);
    }

    /// <summary>Nothing starts any more. On any thread; what runs on the lane now goes on to its end.</summary>
    public void End()
    {
        _ = _life.CancelAsync();
        _timer.Dispose();
    }

    /// <summary>Ends it and closes every socket that was not taken.</summary>
    public ValueTask DisposeAsync()
    {
        End();
        return Sockets.DisposeAsync();
    }

    private void Do(PunchAction action)
    {
        switch (action)
        {
            case PunchAction.Knock knock:
                Sockets.Send(knock.What);
                break;
            case PunchAction.Reopen:
                Sockets.Open();
                break;
            case PunchAction.Sample:
                if (Sockets.Main is { } socket) _ = SampleAsync(socket);
                break;
            default:
                _do(action);
                break;
        }
    }

    private async Task SampleAsync(UdxSocket socket)
    {
        await NatProbe.RunAsync(_node, socket, (seen, by) => Sampled(socket, core => core.HandleSample(seen, by, Now)), Life)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Sampled(socket, core => core.HandleSamplingEnd(Now));
    }

    // Samples of a socket that was given up say nothing about the present one.
    private void Sampled(UdxSocket socket, Action<IPunchCore> feed) => _lane.Post(() =>
    {
        if (Sockets.Main == socket) Step(() => feed(_core!));
    });
}
