namespace Nashi.Protomux.Protocol;

internal sealed partial class MuxCore
{
    private readonly List<RemoteSlot?> _remote = [];
    private int _pendingOpens;
    private int _unreadRejections;

    /// <summary>The shell asked about a remote channel and is done: what nobody opened by now is rejected.</summary>
    public void CompletePairing(ChannelKey key)
    {
        if (!_pairings.TryGetValue(key, out var pairing) || --pairing.Asking > 0) return;
        while (pairing.Incoming.TryDequeue(out var remoteId)) Reject(remoteId);
        Collect(pairing);
    }

    private Pairing Find(ChannelOptions channelOptions, ReadOnlySpan<byte> id)
    {
        var pairing = Find(ChannelKey.Of(channelOptions.Protocol, id));
        foreach (var alias in channelOptions.Aliases) AddAlias(pairing, ChannelKey.Of(alias, id));
        return pairing;
    }

    private Pairing Find(ChannelKey key)
    {
        if (_pairings.TryGetValue(key, out var pairing)) return pairing;
        pairing = new Pairing();
        pairing.Keys.Add(key);
        _pairings.Add(key, pairing);
        return pairing;
    }

    private void AddAlias(Pairing pairing, ChannelKey key)
    {
        if (_pairings.TryGetValue(key, out var other))
        {
            // Channels of ours under that very name keep it.
            if (other == pairing || other.Opened > 0 || other.Outgoing.Count > 0) return;
            while (other.Incoming.TryDequeue(out var remoteId)) pairing.Incoming.Enqueue(remoteId);
            pairing.Asking += other.Asking;
        }

        _pairings[key] = pairing;
        pairing.Keys.Add(key);
    }

    private void Collect(Pairing pairing)
    {
        if (!pairing.IsUnused) return;
        foreach (var key in pairing.Keys)
        {
            if (_pairings.TryGetValue(key, out var current) && current == pairing) _ = _pairings.Remove(key);
        }
    }

    private void Pair(MuxChannel channel, int remoteId)
    {
        var slot = _remote[remoteId - 1]!;
        slot.Channel = channel;
        channel.RemoteId = remoteId;
        _pendingOpens--;
        _events.Enqueue(new() { Kind = MuxEventKind.Open, Channel = channel, Payload = slot.Handshake });
        foreach (var message in slot.Pending ?? []) _events.Enqueue(message with { Channel = channel });
        if (slot.IsClosedByRemote) _events.Enqueue(new() { Kind = MuxEventKind.DeferredClose, Channel = channel });
        slot.Handshake = [];
        slot.Pending = null;
    }

    private void Reject(int remoteId)
    {
        foreach (var message in _remote[remoteId - 1]!.Pending ?? []) Drop(message);
        _remote[remoteId - 1] = null;
        _pendingOpens--;
        WriteControl(MuxControl.Reject, remoteId);
        if (!_isDrained && ++_unreadRejections > options.MaxUnreadRejections) _overRejected = true;
    }
}
