using Nashi.Encoding;

namespace Nashi.Chat;

/// <summary>A conversation of several members, on this device. Thread-safe. Owned by its <see cref="ChatHost"/>.</summary>
public sealed class Room : IAsyncDisposable
{
    /// <summary>Which room.</summary>
    public CoreKey Id => throw new NotSupportedException();

    /// <summary>Its name.</summary>
    public string Name => State.Name;

    /// <summary>Members, roles, invitations, as of now. Immutable.</summary>
    public RoomState State => throw new NotSupportedException();

    /// <summary>How it is doing on this device.</summary>
    public RoomStatus Status => throw new NotSupportedException();

    /// <summary>We, as a member; null while we are not one yet, or not any more.</summary>
    public Member? Self => throw new NotSupportedException();

    /// <summary>How many devices of members are connected.</summary>
    public int PeerCount => throw new NotSupportedException();

    /// <summary>How many ops its log has: where the next message will be.</summary>
    public ulong Length => throw new NotSupportedException();

    /// <summary>Messages of others since <see cref="MarkReadAsync"/>; counts to 1 000.</summary>
    public ValueTask<int> CountUnreadAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Notes that everything up to now was read, on this device alone.</summary>
    public ValueTask MarkReadAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Sends a message; ends when it is saved here and applied.</summary>
    /// <exception cref="ChatException"><c>NOT_A_MEMBER</c>, <c>NOT_ALLOWED</c>, <c>TOO_LONG</c>.</exception>
    public ValueTask<ChatMessage> SendAsync(Draft draft, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Sends a file with a message. The stream is read once, and never wholly in memory.</summary>
    /// <param name="content">The file's bytes.</param>
    /// <param name="name">Its name; folders are left out.</param>
    /// <param name="type">Its media type; null for unknown.</param>
    /// <param name="draft">The message it goes with; null for none.</param>
    /// <param name="progress">Told how many bytes are saved.</param>
    /// <param name="cancellationToken">Gives up; nothing is sent then.</param>
    public ValueTask<ChatMessage> SendFileAsync(Stream content, string name, string? type = null, Draft? draft = null, IProgress<ulong>? progress = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Opens a file. Blocks that are not here are fetched as they are read; what was fetched stays, so that reading again goes on.</summary>
    /// <param name="file">The file, from its message.</param>
    /// <param name="offset">From which byte on.</param>
    public Stream OpenFile(Attachment file, ulong offset = 0) => throw new NotSupportedException();

    /// <summary>How many bytes of a file are on this device.</summary>
    public ulong CountHeld(Attachment file) => throw new NotSupportedException();

    /// <summary>Gives a message of ours another text. Its files stay.</summary>
    public ValueTask<ChatMessage> EditAsync(MessageId id, string text, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Deletes a message: its content is removed from the disk here, and on each device that hears of it.</summary>
    public ValueTask DeleteAsync(MessageId id, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Reacts to a message, or takes a reaction back.</summary>
    public ValueTask ReactAsync(MessageId id, string emoji, bool isOn = true, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Makes an invitation.</summary>
    public ValueTask<InviteLink> InviteAsync(InviteOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Takes an invitation back.</summary>
    public ValueTask RevokeInviteAsync(PublicKey invite, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Removes a member, and changes the room's key: they can read nothing that is written from then on.</summary>
    public ValueTask RemoveAsync(PublicKey member, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Leaves the room.</summary>
    public ValueTask LeaveAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Changes what a member is.</summary>
    public ValueTask SetRoleAsync(PublicKey member, RoomRole role, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Silences a member, or lets them speak again.</summary>
    public ValueTask MuteAsync(PublicKey member, bool isOn = true, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Renames the room.</summary>
    public ValueTask RenameAsync(string name, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Changes our own name in this room.</summary>
    public ValueTask SetOwnNameAsync(string name, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>A page of messages, oldest first.</summary>
    /// <param name="before">Only messages before this position; null for the last page.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public ValueTask<IReadOnlyList<ChatMessage>> HistoryAsync(ulong? before = null, int count = 50, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>A message by its id; null when it is not in the room's log.</summary>
    public ValueTask<ChatMessage?> FindAsync(MessageId id, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>What happens from now on, until cancelled or closed. Events wait for a slow reader; beyond 10 000 the oldest are lost.</summary>
    public IAsyncEnumerable<RoomEvent> WatchAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Where a message of ours is known to be.</summary>
    public Delivery DeliveryOf(MessageId id) => throw new NotSupportedException();

    /// <summary>Ends when what we wrote is on at least one other device or blind peer, or nobody is connected any more after a while.</summary>
    /// <returns>Whether it is.</returns>
    public ValueTask<bool> FlushAsync(TimeSpan patience, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Closes it.</summary>
    public ValueTask DisposeAsync() => throw new NotSupportedException();
}
