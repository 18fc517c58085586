using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Pairing;
using Nashi.Dht;
using Nashi.SecretStream;
using Nashi.TestKit;

namespace Nashi.Chat.Tests;

/// <summary>Somebody with one device.</summary>
internal sealed class Person : IAsyncDisposable
{
    private readonly TempFolder _folder = new();

    private Person(string name, ChatOptions options) => (Name, Options) = (name, options);

    public string Name { get; }

    public ChatOptions Options { get; private set; }

    public ChatHost Host { get; private set; } = null!;

    public Room Room { get; set; } = null!;

    public PublicKey Identity => Options.Keys.Proof.Identity;

    public string Folder => Options.Storage;

    public static async Task<Person> OpenAsync(string name, DhtNode? dht = null, Func<ChatOptions, ChatOptions>? change = null)
    {
        var person = new Person(name, null!);
        var options = new ChatOptions { Storage = Path.Combine(person._folder.Path, "chat"), Keys = NewKeys(name), Name = name, Dht = dht };
        person.Options = change?.Invoke(options) ?? options;
        person.Host = await ChatHost.OpenAsync(person.Options);
        return person;
    }

    public static ChatKeys NewKeys(string name)
    {
        using var identity = IdentityKey.FromSeed(Blake2b.Hash(System.Text.Encoding.UTF8.GetBytes("identity " + name)).AsSpan());
        var device = KeyPair.FromSeed(Blake2b.Hash(System.Text.Encoding.UTF8.GetBytes("device " + name)).AsSpan());
        return new ChatKeys { Proof = identity.Bootstrap(device.PublicKey, TimeProvider.System), Device = device, StorageKey = Blake2b.Hash(System.Text.Encoding.UTF8.GetBytes("storage " + name)) };
    }

    public async Task CreateAsync(string room, RoomOptions? options = null) => Room = await Host.CreateRoomAsync(room, options);

    /// <summary>Joins without a network: the request and its answer are carried by hand.</summary>
    public async Task JoinAsync(Person member, InviteLink link)
    {
        Room = await TryJoinAsync(member.Room, link) ?? throw new InvalidOperationException("Refused.");
    }

    public async Task<Room?> TryJoinAsync(Room member, InviteLink link)
    {
        var folder = Host.NewFolder(new Rooms.RoomMeta { Name = "(joining)", OwnName = Name, Link = link.ToText() });
        var ask = await Rooms.RoomJoining.AskAsync(Options, folder, link, CancellationToken.None);
        Assert.True(MemberRequest.TryDecode(ask.Encode().Span, out var request));
        await member.AdmitAsync(request, CancellationToken.None);
        if (request.Response.IsEmpty || ask.TryRead(request.Response.Span) is not { Status: PairingStatus.Accepted } outcome) return null;
        Rooms.RoomJoining.Keep(folder, outcome);
        return await Host.OpenAsync(folder, null, CancellationToken.None);
    }

    public void Connect(Person other) => Connect(Room, other.Room);

    public static void Connect(Room one, Room other)
    {
        var pair = MessageStreamPair.CreateInMemory();
        one.Connect(pair.Initiator);
        other.Connect(pair.Responder);
    }

    /// <summary>Closes everything and opens it anew, as after a restart.</summary>
    public async Task RestartAsync()
    {
        var name = Room.Name;
        await Host.DisposeAsync();
        await ReopenAsync(name);
    }

    public async Task ReopenAsync(string name)
    {
        Host = await ChatHost.OpenAsync(Options);
        Room = await Host.OpenRoomAsync(name);
    }

    public async Task<string[]> ReadAsync() => [.. (await Room.HistoryAsync(null, 1000)).Select(message => $"{message.AuthorName}: {(message.IsDeleted ? "(deleted)" : message.IsMissing ? "(missing)" : message.Text)}")];

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        _folder.Dispose();
    }
}
