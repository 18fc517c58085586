using System.Collections.Concurrent;
using Nashi.BlindPeer;
using Nashi.Chat.Epochs;
using Nashi.Dht;
using Nashi.Encoding;

namespace Nashi.Chat;

/// <content>Blind peers: they keep the room's cores while nobody is online, and have no key to any of it.</content>
public sealed partial class Room
{
    private const int OwnBlocksMax = 4096;

    private readonly ConcurrentDictionary<ulong, ulong> _ownBlocks = [];
    private BlindPeering? _blind;
    private BlindRequest? _blindRequest;

    private void StartBlindPeers(DhtNode dht)
    {
        if (_options.BlindPeers.Count == 0) return;
        _blind = new(dht, _store, new BlindPeeringOptions { Peers = _options.BlindPeers, KeyPair = _secrets.Blind, Clock = _options.Clock, Random = _options.Random, Logger = _options.Logger });
        _blind.Changed += HandleBlindPeers;

        // Under a name that says nothing of the room: who keeps it need not know how members find it.
        _blindRequest = _blind.Add(new BlindGroup { Target = new CoreKey(KeyIds.Derive("blind"u8, Id.Value.AsSpan(), default).AsSpan()), Cores = ListCores });
    }

    private async ValueTask StopBlindPeersAsync()
    {
        if (_blind is null) return;
        _blind.Changed -= HandleBlindPeers;
        await _blind.DisposeAsync().ConfigureAwait(false);
    }

    private void HandleBlindPeers(BlindPeering blind)
    {
        Tell(new DeliveryEvent());
        Wake();
    }

    /// <summary>Whether a blind peer has all that we wrote, files included.</summary>
    internal bool IsKeptByBlindPeers => _blind is { } blind && new[] { _contents.Own, _files.Core }.All(core => core.Length == 0 || blind.CountHolders(core.Key, core.Length - 1) > 0);

    // Ours first; then what others wrote, as they may be away; then what makes the order final.
    private List<BlindCore> ListCores()
    {
        var state = State;
        var cores = new List<BlindCore>();
        if (state.Devices.TryGetValue(Writer, out var own)) cores.Add(new(Writer, own.Length));
        cores.Add(BlindCore.Of(_contents.Own));
        cores.Add(BlindCore.Of(_files.Core));
        foreach (var device in state.Devices.Values)
        {
            if (device.Writer != Writer) cores.Add(new(device.Writer, device.Length));
        }

        foreach (var core in _contents.ListOpen())
        {
            if (core.Key != _contents.Own.Key && !core.IsClosed) cores.Add(BlindCore.Of(core));
        }

        foreach (var view in _handler.Views.Prepend(_base.System)) cores.Add(new(view.Key, view.SignedLength));
        return cores;
    }

    private void NoteOwn(MessageId id, ulong block)
    {
        if (_ownBlocks.Count >= OwnBlocksMax) _ownBlocks.Clear();
        _ownBlocks[id.Length] = block;
        _blindRequest?.Update();
    }

    // The op and its content: either alone is no message.
    private int CountBlindPeers(MessageId id)
    {
        if (_blind is not { } blind || id.Writer != Writer) return 0;
        var holders = blind.CountHolders(Writer, id.Length - 1);
        return _ownBlocks.TryGetValue(id.Length, out var block) ? Math.Min(holders, blind.CountHolders(_contents.Own.Key, block)) : holders;
    }
}
