namespace Nashi.Chat;

/// <summary>All conversations of one device.</summary>
public sealed class ChatHost : IAsyncDisposable
{
    private ChatHost(ChatOptions options) => Options = options;

    /// <summary>How it was opened.</summary>
    public ChatOptions Options { get; }

    /// <summary>The rooms, opened or not, in the order of their names.</summary>
    public IReadOnlyList<RoomSummary> Rooms => throw new NotSupportedException();

    /// <summary>Opens the conversations in a folder, or makes it. Rooms stay closed until asked for.</summary>
    /// <exception cref="ChatException"><c>LOCKED</c>: another process has it open, or the storage key is another's.</exception>
    public static ValueTask<ChatHost> OpenAsync(ChatOptions options, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Makes a room and opens it.</summary>
    public ValueTask<Room> CreateRoomAsync(string name, RoomOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Joins a room by an invitation: ends when it can be read and written. Cancelling keeps the place; asking again goes on.</summary>
    /// <exception cref="ChatException"><c>INVITE_REFUSED</c>, <c>INVITE_INVALID</c>, <c>OFFLINE</c>.</exception>
    public ValueTask<Room> JoinAsync(InviteLink link, IProgress<JoinStep>? progress = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Opens a room by its name, or by how its id begins (at least four characters). The same room again when it is open.</summary>
    /// <exception cref="ChatException"><c>ROOM_NOT_FOUND</c>, <c>ROOM_AMBIGUOUS</c>.</exception>
    public ValueTask<Room> OpenRoomAsync(string room, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Forgets a room and removes all it has on this device. Does not leave it: see <see cref="Room.LeaveAsync"/>.</summary>
    public ValueTask ForgetRoomAsync(string room, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Closes all rooms.</summary>
    public ValueTask DisposeAsync() => throw new NotSupportedException();
}
