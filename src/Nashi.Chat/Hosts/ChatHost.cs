using Nashi.Chat.Ops;
using Nashi.Chat.Rooms;
using Nashi.Encoding;
using Nashi.Pairing;

namespace Nashi.Chat;

/// <summary>All conversations of one device. Thread-safe.</summary>
/// <remarks>Each room has a folder, cores and a name on the network of its own: who is in one room with us learns nothing of others.</remarks>
public sealed class ChatHost : IAsyncDisposable
{
    private readonly string _rooms;
    private readonly FileStream _lock;
    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly Lock _gate = new();
    private readonly List<RoomFolder> _folders;
    private readonly Dictionary<RoomFolder, Room> _open = [];
    private bool _isDisposed;

    private ChatHost(ChatOptions options, string rooms, FileStream hostLock, List<RoomFolder> folders)
    {
        Options = options;
        (_rooms, _lock, _folders) = (rooms, hostLock, folders);
    }

    /// <summary>How it was opened.</summary>
    public ChatOptions Options { get; }

    /// <summary>The rooms, opened or not, in the order of their names.</summary>
    public IReadOnlyList<RoomSummary> Rooms
    {
        get
        {
            RoomFolder[] folders;
            lock (_gate) folders = [.. _folders];
            return [.. folders.Select(folder => Summarize(folder.Meta)).OrderBy(room => room.Name, StringComparer.OrdinalIgnoreCase)];
        }
    }

    /// <summary>Opens the conversations in a folder, or makes it. Rooms stay closed until asked for.</summary>
    /// <exception cref="ChatException"><c>LOCKED</c>: another process has it open, or the storage key is another's.</exception>
    public static ValueTask<ChatHost> OpenAsync(ChatOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        cancellationToken.ThrowIfCancellationRequested();
        var rooms = Path.Combine(options.Storage, "rooms");
        PrivateFiles.MakeFolder(options.Storage);
        PrivateFiles.MakeFolder(rooms);
        FileStream hostLock;
        try
        {
            hostLock = PrivateFiles.Lock(Path.Combine(options.Storage, "lock"));
        }
        catch (IOException error)
        {
            throw new ChatException("LOCKED", $"The conversations in {options.Storage} are open in another process. Close it first.", error);
        }

        try
        {
            var folders = Directory.EnumerateDirectories(rooms).Select(path => RoomFolder.TryOpen(path, options.Keys.StorageKey, options.Random)).OfType<RoomFolder>().ToList();
            return new(new ChatHost(options, rooms, hostLock, folders));
        }
        catch
        {
            hostLock.Dispose();
            throw;
        }
    }

    /// <summary>Makes a room and opens it.</summary>
    public async ValueTask<Room> CreateRoomAsync(string name, RoomOptions? options = null, CancellationToken cancellationToken = default)
    {
        Room.RequireName(name);
        var folder = NewFolder(new RoomMeta { Name = name, OwnName = Options.Name });
        using (var secrets = new RoomSecrets(Options.Keys.Device, folder.Salt))
        {
            var id = await FindWriterAsync(folder, secrets, cancellationToken).ConfigureAwait(false);
            folder.Update(meta => meta with { Id = id });
        }

        return await OpenAsync(folder, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Joins a room by an invitation: ends when it can be read and written. Cancelling keeps the place; asking again goes on.</summary>
    /// <exception cref="ChatException"><c>INVITE_REFUSED</c>, <c>INVITE_INVALID</c>, <c>OFFLINE</c>.</exception>
    public async ValueTask<Room> JoinAsync(InviteLink link, IProgress<JoinStep>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(link);
        if (link.Expires < Options.Clock.GetUtcNow()) throw new ChatException("INVITE_INVALID", "The invitation's time is over. Ask for a new one.");
        var text = link.ToText();
        RoomFolder? folder;
        lock (_gate) folder = _folders.Find(one => one.Meta.Link == text);
        folder ??= NewFolder(new RoomMeta { Name = "(joining)", OwnName = Options.Name, Link = text });
        if (folder.Meta.Id is null)
        {
            if (Options.Dht is null) throw new ChatException("OFFLINE", "Joining a room needs the network.");
            progress?.Report(JoinStep.Searching);
            await RoomJoining.RunAsync(Options, folder, link, cancellationToken).ConfigureAwait(false);
        }

        progress?.Report(JoinStep.Admitted);
        var room = await OpenAsync(folder, null, cancellationToken).ConfigureAwait(false);
        await room.WaitUntilAsync(() => room.Status is not (RoomStatus.Syncing or RoomStatus.WaitingForKey), cancellationToken).ConfigureAwait(false);
        progress?.Report(JoinStep.Joined);
        return room;
    }

    /// <summary>Opens a room by its name, or by how its id begins (at least four characters). The same room again when it is open.</summary>
    /// <exception cref="ChatException"><c>ROOM_NOT_FOUND</c>, <c>ROOM_AMBIGUOUS</c>.</exception>
    public ValueTask<Room> OpenRoomAsync(string room, CancellationToken cancellationToken = default) => OpenAsync(Find(room), null, cancellationToken);

    /// <summary>Forgets a room and removes all it has on this device. Does not leave it: see <see cref="Room.LeaveAsync"/>.</summary>
    public async ValueTask ForgetRoomAsync(string room, CancellationToken cancellationToken = default)
    {
        var folder = Find(room);
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Room? open;
            lock (_gate)
            {
                _folders.Remove(folder);
                _open.Remove(folder, out open);
            }

            if (open is not null) await open.DisposeAsync().ConfigureAwait(false);
            folder.Delete();
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Closes all rooms.</summary>
    public async ValueTask DisposeAsync()
    {
        Room[] rooms;
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            rooms = [.. _open.Values];
            _open.Clear();
        }

        foreach (var room in rooms) await room.DisposeAsync().ConfigureAwait(false);
        await _lock.DisposeAsync().ConfigureAwait(false);
    }

    private static RoomSummary Summarize(RoomMeta meta) => new()
    {
        Id = meta.Id, Name = meta.Name, Unread = meta.Unread, IsRemoved = meta.IsRemoved, IsPending = meta.Link is not null,
        LastActivity = meta.LastActivity == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds((long)meta.LastActivity),
    };

    private async ValueTask<CoreKey> FindWriterAsync(RoomFolder folder, RoomSecrets secrets, CancellationToken cancellationToken)
    {
        var store = await Room.OpenStoreAsync(Options, folder, secrets, cancellationToken).ConfigureAwait(false);
        await using var storeClosing = store.ConfigureAwait(false);
        var (writer, content, files) = await Room.OpenOwnCoresAsync(store, cancellationToken).ConfigureAwait(false);
        await content.DisposeAsync().ConfigureAwait(false);
        await files.DisposeAsync().ConfigureAwait(false);
        return writer;
    }

    internal RoomFolder NewFolder(RoomMeta meta)
    {
        var folder = RoomFolder.Create(_rooms, Options.Keys.StorageKey, meta, Options.Random);
        lock (_gate) _folders.Add(folder);
        return folder;
    }

    private RoomFolder Find(string room)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(room);
        const int shortest = 4;
        RoomFolder[] found;
        lock (_gate)
        {
            found = [.. _folders.Where(folder => folder.Meta.Id is not null && folder.Meta.Name == room)];
            if (found.Length == 0) found = [.. _folders.Where(folder => folder.Meta.Id is not null && string.Equals(folder.Meta.Name, room, StringComparison.OrdinalIgnoreCase))];
            if (found.Length == 0 && room.Length >= shortest) found = [.. _folders.Where(folder => folder.Meta.Id is { } id && id.Value.ToString().StartsWith(room, StringComparison.OrdinalIgnoreCase))];
        }

        return found switch
        {
            [var one] => one,
            [] => throw new ChatException("ROOM_NOT_FOUND", $"There is no room '{room}' here."),
            _ => throw new ChatException("ROOM_AMBIGUOUS", $"'{room}' may be {found.Length} rooms: say how its id begins."),
        };
    }

    internal async ValueTask<Room> OpenAsync(RoomFolder folder, RoomOptions? making, CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                if (_open.TryGetValue(folder, out var known) && !known.IsDisposed) return known;
            }

            var room = await Room.OpenAsync(Options, folder, making, cancellationToken).ConfigureAwait(false);
            lock (_gate) _open[folder] = room;
            room.StartNetwork();
            return room;
        }
        finally
        {
            _opening.Release();
        }
    }
}
