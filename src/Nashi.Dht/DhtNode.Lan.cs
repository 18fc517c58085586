using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Nashi.Datagrams;
using Nashi.Dht.Announcing;
using Nashi.Dht.Connecting;
using Nashi.Encoding;
using Nashi.Lan;

namespace Nashi.Dht;

/// <content>The local network: nodes and peers found there without any server.</content>
public sealed partial class DhtNode
{
    private const int MaxGreeted = 256;

    // A question there takes at most a tenth of a second to be sent, and its answer a second more if the last one was just given.
    private static readonly TimeSpan LanPatience = TimeSpan.FromSeconds(1.5);

    // With an internet an announcement takes a second; without one, nine.
    private static readonly TimeSpan ListenPatience = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<Announcer, IDisposable> _lanOffers = new();
    private readonly ConcurrentDictionary<UdpAddress, byte> _greeted = new();

    /// <summary>The search on the local network; null when <see cref="DhtOptions.Lan"/> is.</summary>
    public LanDiscovery? Lan { get; private set; }

    /// <inheritdoc />
    async IAsyncEnumerable<UdpAddress> IConnectNode.FindPeerAnywhereAsync(
        Bytes32 target, IReadOnlyList<UdpAddress> seeds, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // As many findings as the query gives, and the addresses of one link.
        var found = Channel.CreateUnbounded<UdpAddress>(new UnboundedChannelOptions { SingleReader = true });
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var watch = Lan?.Watch(LanTarget.OfPeerHash(target), peer => _ = peer.Address.IsIPv4 && found.Writer.TryWrite(peer.Address));
        var searching = SearchAsync(target, seeds, found.Writer, stopping.Token);
        try
        {
            await foreach (var address in found.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false)) yield return address;
        }
        finally
        {
            await stopping.CancelAsync().ConfigureAwait(false);
            await searching.ConfigureAwait(false);
        }
    }

    /// <summary>Never faults: what went wrong comes out of the channel.</summary>
    private async Task SearchAsync(Bytes32 target, IReadOnlyList<UdpAddress> seeds, ChannelWriter<UdpAddress> found, CancellationToken cancellationToken)
    {
        try
        {
            var patience = Lan is null ? Task.CompletedTask : Task.Delay(LanPatience, _options.Clock, cancellationToken);
            await foreach (var address in ((IConnectNode)this).FindPeerAsync(target, seeds, cancellationToken).ConfigureAwait(false)) found.TryWrite(address);
            await patience.ConfigureAwait(false);
            found.TryComplete();
        }
        catch (Exception error)
        {
            found.TryComplete(error);
        }
    }

    /// <summary>Announces; when that takes long and neighbours can find us already, goes on with it while the caller goes on too.</summary>
    private async Task StartAnnouncingAsync(Announcer announcer, CancellationToken cancellationToken)
    {
        var starting = BootstrapAndStartAsync(announcer);
        // Whoever stops waiting does not hear of a failure any more: nobody does then, and nobody needs to.
        _ = starting.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        var patience = Lan is null ? Task.Delay(Timeout.InfiniteTimeSpan, _options.Clock, Closing) : Task.Delay(ListenPatience, _options.Clock, Closing);
        await Task.WhenAny(starting, patience).WaitAsync(cancellationToken).ConfigureAwait(false);
        if (!starting.IsCompleted && Lan?.GetStats().Interfaces > 0) return;
        await starting.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task BootstrapAndStartAsync(Announcer announcer)
    {
        await BootstrappedAsync(Closing).ConfigureAwait(false);
        await announcer.StartAsync(Closing).ConfigureAwait(false);
    }

    private void StartLan()
    {
        if (_options.Lan is not { } options) return;
        Lan = LanDiscovery.Start(options with { Clock = _options.Clock, Random = _options.Random, Logger = _options.Logger }, LocalAddress.Port);
        Lan.NodeFound += Greet;
    }

    private void CloseLan() => Lan?.Dispose();

    private void OfferOnLan(Announcer announcer, PublicKey key)
    {
        if (Lan?.Offer(key) is { } offer) _lanOffers[announcer] = offer;
    }

    private void WithdrawFromLan(Announcer announcer)
    {
        if (_lanOffers.TryRemove(announcer, out var offer)) offer.Dispose();
    }

    /// <summary>A node is said to be at an address on our own network: whether it is, its answer will show.</summary>
    private void Greet(UdpAddress address)
    {
        if (!address.IsIPv4) return;
        if (_greeted.Count >= MaxGreeted) _greeted.Clear();
        if (!_greeted.TryAdd(address, 0)) return;
        Enter((core, now) =>
        {
            if (!_isDown) core.Greet(address, now);
            return true;
        });
    }
}
