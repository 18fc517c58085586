using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Nashi.Autobase;
using Nashi.Chat.Epochs;
using Nashi.Chat.Ops;
using Nashi.Chat.Rooms;
using Nashi.Chat.State;
using Nashi.Encoding;
using Nashi.Hypercore;
using Nashi.Hyperdrive;
using Nashi.Storage.Kv;

namespace Nashi.Chat;

/// <summary>A conversation of several members, on this device. Thread-safe. Owned by its <see cref="ChatHost"/>.</summary>
/// <remarks>
/// What members write are ops in an autobase, sealed under the room's current key; texts and files lie sealed in cores beside it, so that they can be cleared. All devices apply
/// the same rules in the same order. Who is removed lacks the next key. Spec: messenger.md §4.
/// </remarks>
public sealed partial class Room : IAsyncDisposable
{
    private readonly ChatOptions _options;
    private readonly RoomFolder _folder;
    private readonly RoomSecrets _secrets;
    private readonly Corestore _store;
    private readonly Keyring _keyring;
    private readonly RoomHandler _handler;
    private readonly Contents _contents;
    private readonly Hyperblobs _files;
    private readonly Keeper _keeper;
    private readonly CancellationTokenSource _closing = new();
    private Autobase.Autobase _base = null!;
    private Task _pump = Task.CompletedTask;
    private int _isDisposed;

    private Room(ChatOptions options, RoomFolder folder, RoomSecrets secrets, Corestore store, CoreKey id, CoreKey writer, Core content, Core files)
    {
        (_options, _folder, _secrets, _store, Id, Writer) = (options, folder, secrets, store, id, writer);
        _keyring = new(id, secrets.Box);
        _handler = new(id, writer, _keyring);
        _contents = new(store, id, _keyring, content);
        _files = new(files);
        _keeper = new(this);
        _delivered = folder.Meta.Delivered;
        foreach (var key in folder.Meta.Keys) _keyring.Add(key);
        foreach (var bytes in folder.Meta.Records)
        {
            if (EpochRecord.TryDecode(bytes.Span, out var record)) _keyring.Add(record);
        }

        _keyring.Changed += HandleKeys;
        _contents.Changed += Wake;
        _handler.WaitingChanged += Wake;
    }

    /// <summary>Which room.</summary>
    public CoreKey Id { get; }

    /// <summary>Its name.</summary>
    public string Name => State is { IsCreated: true } state ? state.Name : _folder.Meta.Name;

    /// <summary>Members, roles, invitations, as of now. Immutable.</summary>
    public RoomState State => _handler.Current;

    /// <summary>How it is doing on this device.</summary>
    public RoomStatus Status =>
        _base.Failure is ApplyInterruptedException ? RoomStatus.UpdateNeeded
        : _base.Failure is not null and not ObjectDisposedException ? RoomStatus.Failed
        : State.Former.ContainsKey(Writer) ? RoomStatus.Removed
        : _handler.WaitsFor != 0 ? RoomStatus.WaitingForKey
        : State.Devices.ContainsKey(Writer) ? RoomStatus.Ready
        : RoomStatus.Syncing;

    /// <summary>We, as a member; null while we are not one yet, or not any more.</summary>
    public Member? Self => State.Devices.TryGetValue(Writer, out var device) ? State.Members[device.Identity] : null;

    /// <summary>How many devices of members are connected.</summary>
    public int PeerCount => _keeper.Count;

    /// <summary>How many ops its log has: where the next message will be.</summary>
    public ulong Length => _handler.Log.Length;

    /// <summary>The core of our ops.</summary>
    internal CoreKey Writer { get; }

    internal bool IsDisposed => Volatile.Read(ref _isDisposed) != 0;

    internal Autobase.Autobase Base => _base;

    internal Corestore Store => _store;

    internal RoomFolder Folder => _folder;

    internal Keyring Keyring => _keyring;

    internal RoomHandler Handler => _handler;

    /// <summary>The cores of the device: of ops, texts and files.</summary>
    internal (CoreKey Writer, CoreKey Content, CoreKey Files, Bytes32 Box) Cores => (Writer, _contents.Own.Key, _files.Core.Key, _secrets.Box.PublicKey);

    /// <summary>Opens a room that a folder has.</summary>
    internal static async ValueTask<Room> OpenAsync(ChatOptions options, RoomFolder folder, RoomOptions? making, CancellationToken cancellationToken)
    {
        var secrets = new RoomSecrets(options.Keys.Device, folder.Salt);
        var store = await OpenStoreAsync(options, folder, secrets, cancellationToken).ConfigureAwait(false);
        try
        {
            var (writer, content, files) = await OpenOwnCoresAsync(store, cancellationToken).ConfigureAwait(false);
            var id = folder.Meta.Id ?? writer;
            var room = new Room(options, folder, secrets, store, id, writer, content, files);
            room._base = await Autobase.Autobase.OpenAsync(
                store, id, room._handler, new AutobaseOptions { FastForward = false, AckInterval = options.AckInterval, Clock = options.Clock, Random = options.Random, Logger = options.Logger, Durability = Durability.Synced },
                cancellationToken).ConfigureAwait(false);
            await room.BeginAsync(making, cancellationToken).ConfigureAwait(false);
            return room;
        }
        catch
        {
            await store.DisposeAsync().ConfigureAwait(false);
            secrets.Dispose();
            throw;
        }
    }

    internal static ValueTask<Corestore> OpenStoreAsync(ChatOptions options, RoomFolder folder, RoomSecrets secrets, CancellationToken cancellationToken) =>
        Corestore.OpenAsync(folder.Cores, new CorestoreOptions { PrimaryKey = secrets.StoreKey, Clock = options.Clock, Random = options.Random, Logger = options.Logger }, cancellationToken);

    internal static async ValueTask<(CoreKey Writer, Core Content, Core Files)> OpenOwnCoresAsync(Corestore store, CancellationToken cancellationToken)
    {
        // Opened by its name once, so that the store knows that it can be written.
        var local = await store.GetAsync("local", CoreOptions.Default, cancellationToken).ConfigureAwait(false);
        await using var localClosing = local.ConfigureAwait(false);
        var content = await store.GetAsync("content", new CoreOptions { Durability = Durability.Buffered }, cancellationToken).ConfigureAwait(false);
        var files = await store.GetAsync("files", new CoreOptions { Durability = Durability.Buffered }, cancellationToken).ConfigureAwait(false);
        return (local.Key, content, files);
    }

    /// <summary>Closes it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        await _closing.CancelAsync().ConfigureAwait(false);
        Wake();
        await StopNetworkAsync().ConfigureAwait(false);
        _rotation?.Dispose();
        _base.Updated -= Wake;
        await _pump.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_base.Failure is null) _unread = await CountUnreadAsync().ConfigureAwait(false);
        SaveMeta();
        EndWatchers();
        await _contents.DisposeAsync().ConfigureAwait(false);
        await _base.DisposeAsync().ConfigureAwait(false);
        await _files.Core.DisposeAsync().ConfigureAwait(false);
        await _store.DisposeAsync().ConfigureAwait(false);
        _secrets.Dispose();
    }

    private async ValueTask BeginAsync(RoomOptions? making, CancellationToken cancellationToken)
    {
        _base.Updated += Wake;

        // An op may wait for a key that only others can bring: do not wait for it here.
        await Task.WhenAny(_base.UpdateAsync(cancellationToken), WaitingAsync(cancellationToken)).ConfigureAwait(false);
        if (_handler.WaitsFor == 0) await _handler.LoadAsync(cancellationToken).ConfigureAwait(false);
        if (!State.IsCreated && Writer == Id && _base.Failure is null) await MakeAsync(making ?? RoomOptions.Default, cancellationToken).ConfigureAwait(false);
        _announced = State.Devices.ToImmutableDictionary(device => device.Key, device => device.Value.Length);
        _told = State;
        _handler.TakeLowest();
        _seen = _handler.Log.Length;
        _fetched = Math.Min(folderFetched(), _seen);
        _pump = Task.Run(PumpAsync, CancellationToken.None);
        Wake();

        ulong folderFetched() => _folder.Meta.FetchedPosition;
    }

    private async Task WaitingAsync(CancellationToken cancellationToken)
    {
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Note()
        {
            if (_handler.WaitsFor != 0) waiting.TrySetResult();
        }

        _handler.WaitingChanged += Note;
        Note();
        await waiting.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _handler.WaitingChanged -= Note;
    }

    // The first key and the room itself, as one batch.
    private async ValueTask MakeAsync(RoomOptions options, CancellationToken cancellationToken)
    {
        var key = NewKey();
        var record = EpochRecord.Create(Id, key, EpochReason.Created, [_secrets.Box.PublicKey], [], _options.Random);
        _keyring.Add(key);
        var cores = Cores;
        var card = JoinCard.Create(Id.Value, _options.Keys, cores.Writer, cores.Content, cores.Files, cores.Box, _folder.Meta.OwnName);
        var create = new Envelope(_clock = _clock.Next(_options.Clock.GetUtcNow()), new CreateOp(_folder.Meta.Name, options.OpsPerMinute, options.Burst, card));
        await _base.AppendAsync([OpFrame.Frame(record), OpFrame.Seal(create, record.KeyId, key, Id, Writer, _options.Random)], cancellationToken).ConfigureAwait(false);
        if (!State.IsCreated) throw new ChatException("DAMAGED", "The room could not be made: the identity's proof is not the device's.");
    }

    private Bytes32 NewKey()
    {
        Span<byte> key = stackalloc byte[Bytes32.Size];
        _options.Random.Fill(key);
        return new(key);
    }
}
