using Nashi.Datagrams;
using Nashi.Dht.Relaying;
using Nashi.Encoding;
using Nashi.Udx;

namespace Nashi.Dht.Connecting;

/// <summary>The relays one attempt dialled; owns their connections until one is taken. Used on the attempt's lane, except <see cref="Is"/>.</summary>
internal sealed class RelayDials(IConnectNode node, RelayDialer dial)
{
    private readonly Dictionary<PublicKey, Dialled> _dials = [];
    private volatile RelayLeg[] _legs = [];
    private bool _isClosed;

    /// <summary>Whether a packet came from a relay rather than from the peer.</summary>
    public bool Is(UdxSocket socket, UdpAddress from) => Array.Exists(_legs, leg => leg.Is(socket, from));

    /// <summary>Connects to a relay, once. Faults when that fails.</summary>
    public Task<RelayLeg> DialAsync(PublicKey relay)
    {
        if (_isClosed) return Task.FromCanceled<RelayLeg>(new CancellationToken(true));
        if (_dials.TryGetValue(relay, out var known)) return known.Leg;
        var life = new CancellationTokenSource(RelayLeg.Patience, node.Clock);
        var leg = DialAsync(relay, life.Token);
        _dials.Add(relay, new Dialled(leg, life));
        return leg;
    }

    /// <summary>Gives the connection of one relay away and closes the others; with none, closes all.</summary>
    public void CloseAllBut(PublicKey? taken)
    {
        foreach (var (relay, dialled) in _dials)
        {
            if (relay != taken) _ = CloseAsync(dialled);
            else dialled.Life.Dispose();
        }

        _dials.Clear();
        _isClosed = true;
    }

    /// <summary>Gives the connection of one relay away, whether it is there yet or not, and closes the others.</summary>
    public Task<RelayLeg>? TakeOut(PublicKey relay)
    {
        var leg = _dials.GetValueOrDefault(relay)?.Leg;
        CloseAllBut(relay);
        return leg;
    }

    private static async Task CloseAsync(Dialled dialled)
    {
        await dialled.Life.CancelAsync().ConfigureAwait(false);
        try
        {
            var leg = await dialled.Leg.ConfigureAwait(false);
            await leg.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (error is NashiException or OperationCanceledException)
        {
            // It was not to be had in the first place.
        }

        dialled.Life.Dispose();
    }

    private async Task<RelayLeg> DialAsync(PublicKey relay, CancellationToken cancellationToken)
    {
        var leg = await RelayLeg.DialAsync(dial, relay, cancellationToken).ConfigureAwait(false);
        lock (_dials) _legs = [.. _legs, leg];
        return leg;
    }

    private sealed record Dialled(Task<RelayLeg> Leg, CancellationTokenSource Life);
}
