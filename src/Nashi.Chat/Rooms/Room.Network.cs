using System.Collections.Immutable;
using Nashi.Chat.Epochs;
using Nashi.Chat.Rooms;
using Nashi.Encoding;
using Nashi.Hypercore;
using Nashi.Pairing;
using Nashi.Protomux;
using Nashi.SecretStream;
using Nashi.Swarm;

namespace Nashi.Chat;

/// <content>Other members' devices: found under topics that only members know, let in by a gate, then replicated with.</content>
public sealed partial class Room
{
    private readonly Lock _networkGate = new();
    private readonly Dictionary<ulong, SwarmDiscovery> _topics = [];
    private Swarm.Swarm? _swarm;
    private BlindPairing? _pairing;
    private PairingMember? _member;
    private Task _accepting = Task.CompletedTask;

    /// <summary>Meets members over a connection.</summary>
    internal void Connect(IMessageStream stream)
    {
        var mux = new Mux(stream, null, _options.Logger);
        _pairing?.AddStream(mux);
        _keeper.Add(mux);
        mux.Start();
    }

    /// <summary>Ends all connections: as if the network was gone.</summary>
    internal ValueTask DisconnectAsync() => _keeper.CloseAllAsync();

    /// <summary>Goes online.</summary>
    internal void StartNetwork()
    {
        if (_options.Dht is not { } dht || _swarm is not null) return;
        _swarm = new(dht, new SwarmOptions { KeyPair = _secrets.Noise, Clock = _options.Clock, Random = _options.Random });
        _pairing = new(_swarm, dht, new BlindPairingOptions { TimeProvider = _options.Clock, Random = _options.Random, Logger = _options.Logger });
        _accepting = Task.Run(AcceptAsync, CancellationToken.None);
        StartBlindPeers(dht);
        UpdateNetwork(State);
    }

    private async Task AcceptAsync()
    {
        await foreach (var connection in _swarm!.Connections.ReadAllAsync(_closing.Token).ConfigureAwait(false)) Connect(connection.Stream);
    }

    // The topic of the current key; of older ones while a member's device is not known to have the new one (it would look there).
    private void UpdateNetwork(RoomState state)
    {
        if (_swarm is not { } swarm || _closing.IsCancellationRequested) return;
        _blindRequest?.Update();
        var wanted = TopicKeys(state);
        lock (_networkGate)
        {
            foreach (var (id, key) in wanted)
            {
                if (!_topics.ContainsKey(id)) _topics[id] = swarm.Join(KeyIds.TopicOf(Id, key));
            }

            foreach (var id in _topics.Keys.Where(id => !wanted.ContainsKey(id)).ToArray())
            {
                _ = _topics[id].DisposeAsync().AsTask();
                _topics.Remove(id);
            }

            var isDoorOpen = !state.Invites.IsEmpty && state.Devices.ContainsKey(Writer);
            if (isDoorOpen && _member is null) _member = _pairing!.AddMember(DoorOf(Id), AdmitSafelyAsync);
        }
    }

    private Dictionary<ulong, Bytes32> TopicKeys(RoomState state)
    {
        var wanted = new Dictionary<ulong, Bytes32>();
        if (state.Former.ContainsKey(Writer)) return wanted;
        if (!state.Devices.ContainsKey(Writer))
        {
            // Joining: with what we were given.
            foreach (var (id, given) in _keyring.List()) wanted[id] = given;
            return wanted;
        }

        if (state.Current is { } current && _keyring.TryGet(current.KeyId, out var key)) wanted[current.KeyId] = key;
        var last = state.Epochs[^1];
        if (wanted.Count == 0 && _keyring.TryGet(last.KeyId, out key)) wanted[last.KeyId] = key;
        if (!IsEverybodyHere(state) && state.Epochs.Length > 1 && _keyring.TryGet(state.Epochs[^2].KeyId, out key)) wanted[state.Epochs[^2].KeyId] = key;
        return wanted;
    }

    // Whether all other devices were met since the key changed.
    private bool IsEverybodyHere(RoomState state) => state.Devices.Keys.All(writer => writer == Writer || _keeper.HasMet(writer, state.Epochs.Length));

    private async ValueTask AdmitSafelyAsync(MemberRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await AdmitAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (NashiException error)
        {
            Log.AdmittingFailed(_options.Logger, error, Id);
        }
    }

    private async ValueTask StopNetworkAsync()
    {
        await StopBlindPeersAsync().ConfigureAwait(false);
        if (_pairing is not null) await _pairing.DisposeAsync().ConfigureAwait(false);
        await _keeper.CloseAllAsync().ConfigureAwait(false);
        if (_swarm is not null) await _swarm.DisposeAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>The room's side of its gates.</summary>
    private sealed class Keeper(Room room) : IGateKeeper
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<Gate, StoreReplication?> _gates = [];
        private readonly Dictionary<CoreKey, int> _met = [];

        public RoomState State => room.State;

        public CoreKey Writer => room.Writer;

        public int Count
        {
            get
            {
                lock (_lock) return _gates.Values.Count(replication => replication is not null);
            }
        }

        public void Add(Mux mux)
        {
            var gate = new Gate(this, mux);
            lock (_lock) _gates[gate] = null;
            gate.Start(room.Id);
            _ = ForgetAsync(gate);
        }

        public byte[] Sign(ReadOnlySpan<byte> message)
        {
            var signature = new byte[Cryptography.Ed25519.SignatureSize];
            room._options.Keys.Device.Sign(message, signature);
            return signature;
        }

        public IReadOnlyList<KeyValuePair<ulong, Bytes32>> ListKeys()
        {
            var state = State;
            var keys = new List<KeyValuePair<ulong, Bytes32>>();
            foreach (var (id, key) in room._keyring.List())
            {
                if (state.FindEpoch(id) is null or { IsStale: false }) keys.Add(new(id, key));
            }

            return keys.Count <= Gate.MaxProofs ? keys : [.. keys.OrderByDescending(one => IndexOf(state, one.Key)).Take(Gate.MaxProofs)];
        }

        public Bytes32? FindFreshKey(ulong keyId) =>
            State.FindEpoch(keyId) is null or { IsStale: false } && room._keyring.TryGet(keyId, out var key) ? key : null;

        public IReadOnlyList<EpochRecord> ListRecords() => room._keyring.ListRecords();

        public void TakeRecord(EpochRecord record) => room._keyring.Add(record);

        public void TakeHave(CoreKey writer, ulong length)
        {
            if (!State.Devices.ContainsKey(writer)) return;
            lock (_lock)
            {
                if (room._delivered.GetValueOrDefault(writer) >= length) return;
                room._delivered = room._delivered.SetItem(writer, length);
            }

            room.Tell(new DeliveryEvent());
            room.Wake();
        }

        public void Enter(Gate gate)
        {
            try
            {
                var replication = room._store.Replicate(gate.Mux);
                lock (_lock)
                {
                    if (!_gates.ContainsKey(gate)) return;
                    _gates[gate] = replication;
                }
            }
            catch (ObjectDisposedException)
            {
                return;
            }

            room.Tell(new PeersEvent(Count));
            room.Wake();
        }

        public void Forget(Gate gate)
        {
            bool wasIn;
            lock (_lock) wasIn = _gates.Remove(gate, out var replication) && replication is not null;
            if (wasIn) room.Tell(new PeersEvent(Count));
            room.Wake();
        }

        public void ReviewAll(bool withHello)
        {
            foreach (var gate in List())
            {
                if (withHello) gate.SendHello();
                gate.Review();
            }
        }

        public void SendHaves(RoomState state, Contents contents)
        {
            foreach (var gate in List())
            {
                if (gate.Writer is not { } writer || !gate.IsOpen || !state.Devices.TryGetValue(writer, out var device)) continue;
                lock (_lock) _met[writer] = state.Epochs.Length;
                gate.SendHave(contents.CompleteOf(device.Content, device.Length));
            }
        }

        public bool HasMet(CoreKey writer, int epochs)
        {
            lock (_lock) return _met.GetValueOrDefault(writer) >= epochs;
        }

        public async ValueTask CloseAllAsync()
        {
            foreach (var gate in List()) await gate.Mux.DisposeAsync().ConfigureAwait(false);
        }

        private static int IndexOf(RoomState state, ulong keyId)
        {
            for (var i = state.Epochs.Length - 1; i >= 0; i--)
            {
                if (state.Epochs[i].KeyId == keyId) return i;
            }

            return int.MaxValue;
        }

        private Gate[] List()
        {
            lock (_lock) return [.. _gates.Keys];
        }

        private async Task ForgetAsync(Gate gate)
        {
            _ = await gate.Mux.Closed.ConfigureAwait(false);
            Forget(gate);
        }
    }
}
