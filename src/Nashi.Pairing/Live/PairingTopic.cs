using Nashi.Encoding;
using Nashi.Protomux;

namespace Nashi.Pairing;

/// <summary>One discovery key: its channels, and the member and the candidate that meet under it.</summary>
/// <remarks>The lock guards the fields; nothing that can call back is called inside it but <see cref="Mux.TryOpen"/>, whose events wait for the lock.</remarks>
internal sealed class PairingTopic(BlindPairing pairing, DiscoveryKey discoveryKey) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Mux, PairingChannel> _channels = [];
    private readonly byte[] _id = discoveryKey.Value.ToArray();
    private PairingMember? _member;
    private PairingCandidate? _candidate;
    private IAsyncDisposable? _joined;
    private (bool Server, bool Client) _roles;
    private bool _isClosed;

    public DiscoveryKey DiscoveryKey => discoveryKey;

    public IPairingNetwork Network => pairing.Network;

    public BlindPairingOptions Options => pairing.Options;

    /// <summary>Lets a member in; false when the topic has closed.</summary>
    /// <exception cref="InvalidOperationException">There is one.</exception>
    public bool TryEnter(PairingMember member)
    {
        lock (_gate)
        {
            if (_isClosed) return false;
            if (_member is not null) throw new InvalidOperationException("There is a member for this discovery key already.");
            _member = member;
        }

        Begin();
        return true;
    }

    /// <summary>Lets a candidate in; false when the topic has closed.</summary>
    /// <exception cref="InvalidOperationException">There is one.</exception>
    public bool TryEnter(PairingCandidate candidate)
    {
        PairingChannel[] open;
        lock (_gate)
        {
            if (_isClosed) return false;
            if (_candidate is not null) throw new InvalidOperationException("There is a candidate for this discovery key already.");
            _candidate = candidate;
            open = [.. _channels.Values.Where(channel => channel.IsOpen)];
        }

        foreach (var channel in open) candidate.HandleChannel(channel);
        Begin();
        return true;
    }

    /// <summary>Closes the topic with the last one to leave.</summary>
    public async ValueTask LeaveAsync(object who)
    {
        lock (_gate)
        {
            if (_member == who) _member = null;
            if (_candidate == who) _candidate = null;
            if (_member is not null || _candidate is not null) return;
        }

        await CloseAsync().ConfigureAwait(false);
    }

    /// <summary>Opens the channel on a connection, unless it is.</summary>
    public void Attach(Mux mux)
    {
        lock (_gate)
        {
            if (_isClosed || _channels.ContainsKey(mux)) return;
            var handler = new PairingChannel(this);
            if (mux.TryOpen(new() { Protocol = BlindPairing.Protocol, Id = _id, Handler = handler }) is { } channel)
            {
                handler.Channel = channel;
                _channels.Add(mux, handler);
            }
        }

        // The remote may open it later, or again.
        mux.Pair(BlindPairing.Protocol, _id, _ =>
        {
            Attach(mux);
            return default;
        });
    }

    /// <summary>Follows what the member and the candidate want of the swarm.</summary>
    public void UpdateRoles()
    {
        IAsyncDisposable? left;
        lock (_gate)
        {
            if (_isClosed) return;
            var roles = (_member is not null || _candidate is { IsServer: true }, _candidate is not null || _member is { IsClient: true });
            if (roles == _roles || roles is (false, false)) return;
            left = _joined;
            _roles = roles;
            _joined = Network.Join(new Topic(discoveryKey.Value), roles.Item1, roles.Item2);
        }

        if (left is not null) _ = left.DisposeAsync().AsTask();
    }

    /// <summary>A time, and up to half as much again.</summary>
    public TimeSpan Jittered(TimeSpan time) => time * (1 + (Network.Random.NextDouble() / 2));

    public void Refresh()
    {
        lock (_gate)
        {
            _member?.Refresh();
            _candidate?.Refresh();
        }
    }

    public void HandleOpen(PairingChannel channel)
    {
        PairingCandidate? candidate;
        lock (_gate) candidate = _candidate;
        candidate?.HandleChannel(channel);
    }

    public void HandleMessage(PairingChannel channel, int type, ReadOnlyMemory<byte> payload)
    {
        PairingMember? member;
        PairingCandidate? candidate;
        lock (_gate) (member, candidate) = (_member, _candidate);
        if (type == PairingChannel.Request) member?.HandleRequest(channel, payload);
        else if (type == PairingChannel.Response) candidate?.HandleResponse(payload.Span);
    }

    public void HandleClose(PairingChannel channel)
    {
        lock (_gate)
        {
            if (_channels.GetValueOrDefault(channel.Channel!.Mux) == channel) _channels.Remove(channel.Channel.Mux);
        }
    }

    public async ValueTask DisposeAsync()
    {
        PairingMember? member;
        PairingCandidate? candidate;
        lock (_gate) (member, candidate) = (_member, _candidate);
        if (candidate is not null) await candidate.DisposeAsync().ConfigureAwait(false);
        if (member is not null) await member.DisposeAsync().ConfigureAwait(false);
        await CloseAsync().ConfigureAwait(false);
    }

    private void Begin()
    {
        foreach (var mux in pairing.ListMuxes()) Attach(mux);
        UpdateRoles();
    }

    private async ValueTask CloseAsync()
    {
        PairingChannel[] channels;
        IAsyncDisposable? joined;
        lock (_gate)
        {
            if (_isClosed) return;
            _isClosed = true;
            channels = [.. _channels.Values];
            (joined, _joined) = (_joined, null);
        }

        pairing.Remove(this);
        foreach (var mux in pairing.ListMuxes()) mux.Unpair(BlindPairing.Protocol, _id);
        foreach (var channel in channels) channel.Channel!.Close();
        if (joined is not null) await joined.DisposeAsync().ConfigureAwait(false);
    }
}
