using Microsoft.Extensions.Logging;
using Nashi.Chat;
using Nashi.Chat.Profiles;
using Nashi.Cli.Commands;
using Nashi.Dht;
using Nashi.Encoding;

namespace Nashi.Cli.Chat;

/// <summary>A profile that is open, and the conversations of it.</summary>
internal sealed class ChatSession : IAsyncDisposable
{
    private const string BlindPeersName = "profile/blind-peers";
    private static readonly AsyncLocal<ChatSession?> Ambient = new();

    private readonly ProfileLock? _lock;
    private readonly DhtNode? _node;
    private readonly ChatSession? _owner;

    private ChatSession(Profile profile, ChatHost host, ProfileLock? taken, DhtNode? node, ChatSession? owner) =>
        (Profile, Host, _lock, _node, _owner) = (profile, host, taken, node, owner);

    /// <summary>A room was made, entered or opened, here or by a command that runs here for another program.</summary>
    public event Action<Room>? RoomOpened;

    /// <summary>The session that commands of others run in, in this flow of execution.</summary>
    public static ChatSession? Shared
    {
        get => Ambient.Value;
        set => Ambient.Value = value;
    }

    /// <summary>Who speaks.</summary>
    public Profile Profile { get; }

    /// <summary>The conversations.</summary>
    public ChatHost Host { get; }

    /// <summary>Where a profile is kept.</summary>
    public static string FolderOf(CliContext context) => Path.Combine(context.StorageDirectory, "chat");

    /// <summary>Opens the profile and its conversations.</summary>
    /// <param name="context">The command's.</param>
    /// <param name="isOnline">Whether to look for members.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<ChatSession> OpenAsync(CliContext context, bool isOnline, CancellationToken cancellation)
    {
        if (Shared is { } shared) return new ChatSession(shared.Profile, shared.Host, null, null, shared);
        var folder = FolderOf(context);
        if (!Vault.Exists(folder)) throw new NoProfileException($"There is no profile in {context.StorageDirectory} yet. Make one with: nashi chat init");
        var taken = ProfileLock.Take(folder);
        Profile? profile = null;
        DhtNode? node = null;
        try
        {
            profile = await Unlocking.OpenAsync(context, folder, cancellation);
            var blind = await BlindPeersAsync(context, profile, cancellation);
            if (isOnline) node = await context.StartNodeAsync(serves: false, cancellation);
            var host = await ChatHost.OpenAsync(
                new ChatOptions
                {
                    Storage = Path.Combine(folder, "rooms"),
                    Keys = profile.ToChatKeys(),
                    Name = profile.Name,
                    Dht = node,
                    BlindPeers = blind,
                    Logger = context.Logs.CreateLogger("Nashi.Chat"),
                },
                cancellation);
            return new ChatSession(profile, host, taken, node, null);
        }
        catch
        {
            if (node is not null) await node.DisposeAsync();
            profile?.Dispose();
            taken.Dispose();
            throw;
        }
    }

    /// <summary>The blind peers to use. Those given are remembered: one is of use only when it always has the newest.</summary>
    public static async Task<IReadOnlyList<PublicKey>> BlindPeersAsync(CliContext context, Profile profile, CancellationToken cancellation)
    {
        var known = profile.Secrets.TryGet(BlindPeersName, out var bytes) ? Split(bytes) : [];
        var given = ListOption.Split(context.Parsed.GetValue(ChatLine.BlindPeer));
        if (given.Length == 0) return known;
        List<PublicKey> next = given.Contains("none", StringComparer.Ordinal) ? [] : [.. known];
        foreach (var text in given.Where(text => text != "none")) next.Add(Parse(text));
        next = [.. next.Distinct()];
        await profile.Secrets.PutAsync(BlindPeersName, next.SelectMany(key => key.Value.ToArray()).ToArray(), cancellation);
        return next;
    }

    /// <summary>Makes a room.</summary>
    public async Task<Room> CreateRoomAsync(string name, CancellationToken cancellation) => Tell(await Host.CreateRoomAsync(name, cancellationToken: cancellation));

    /// <summary>Enters a room.</summary>
    public async Task<Room> JoinAsync(InviteLink link, IProgress<JoinStep> progress, CancellationToken cancellation) => Tell(await Host.JoinAsync(link, progress, cancellation));

    /// <summary>Opens a room.</summary>
    public async Task<Room> OpenRoomAsync(string room, CancellationToken cancellation) => Tell(await Host.OpenRoomAsync(room, cancellation));

    /// <summary>Closes what this session opened.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_owner is not null) return;
        await Host.DisposeAsync();
        if (_node is not null) await _node.DisposeAsync();
        Profile.Dispose();
        _lock?.Dispose();
    }

    private Room Tell(Room room)
    {
        (_owner ?? this).RoomOpened?.Invoke(room);
        return room;
    }

    private static List<PublicKey> Split(byte[] bytes) => [.. bytes.Chunk(Bytes32.Size).Where(chunk => chunk.Length == Bytes32.Size).Select(chunk => new PublicKey(chunk))];

    private static PublicKey Parse(string text) => Id32.TryParse<PublicKey>(text, out var key) ? key : throw CliException.Usage($"'{text}' is not a blind peer's key: expected 52 characters of z-base-32, or 64 of hex.");
}
