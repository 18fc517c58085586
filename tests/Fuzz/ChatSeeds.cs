using Nashi.Chat;
using Nashi.Chat.Epochs;
using Nashi.Chat.Messages;
using Nashi.Chat.Ops;
using Nashi.Chat.Rooms;
using Nashi.Chat.State;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Pairing;

namespace Nashi.Fuzz;

/// <summary>What members of a room send each other, as our own programs write it.</summary>
internal static class ChatSeeds
{
    private static readonly Bytes32 s_key = Blake2b.Hash("fuzz"u8);
    private static readonly CoreKey s_room = new(s_key.AsSpan());
    private static readonly PublicKey s_person = new(s_key.AsSpan());
    private static readonly MessageId s_message = new(s_room, 7);
    private static readonly IRandom s_random = new SeededRandom(1);
    private static readonly JoinCard s_card = MakeCard();

    private static readonly Op[] s_ops =
    [
        new CreateOp("room", 600, 2000, s_card),
        new AddMemberOp(s_person, new PairingReceipt(s_key, new byte[Ed25519.SignatureSize], s_card.Encode()), 7),
        new RemoveMemberOp(s_person, [s_message]),
        new MakeInviteOp(s_person, RoomRole.Member, 1, 1),
        new RevokeInviteOp(s_person),
        new SetRoleOp(s_person, RoomRole.Admin),
        new SetRoomOp("room", 1, 2),
        new SetNameOp("me"),
        new MuteOp(s_person, true),
        new SilentOp(s_room),
        new PostOp(1, 200, true, true, s_message),
        new EditOp(s_message, 1, 200, false, true),
        new DeleteOp(s_message),
        new ReactOp(s_message, "👍", true),
    ];

    public static string[] Ops { get; } = [.. s_ops.Select(op => Hex(OpCodec.Encode(new(new(1_700_000_000_000, 3), op))))];

    public static string[] Cards { get; } = [Hex(s_card.Encode())];

    public static string[] Records { get; } = [Hex(MakeRecord().Encode())];

    public static string[] Contents { get; } =
        [Hex(ContentCodec.Encode(new("text", [new Attachment { Name = "a.txt", Size = 5, Blob = new(1, 1, 0, 21), Key = s_key }])))];

    public static string[] Lines { get; } = [Hex(new LogEntry(s_message, Refusal.None, new byte[] { 1, 2, 3 }, s_room).Encode()), Hex(new LogEntry(s_message, Refusal.Forged, new byte[100]).Encode())];

    public static string[] States { get; } = [Hex(RoomStateCodec.Encode(MakeState()))];

    public static string[] Metas { get; } = [Hex(new RoomMeta { Id = s_room, Name = "room", Link = "link", Keys = [s_key], Records = [new byte[] { 1 }] }.Encode())];

    public static string[] Values { get; } = [Hex(Sealing.Seal("message"u8, 7, s_key, s_room, default, s_random))];

    public static string[] Links { get; } = ["text:" + InviteLink.Prefix + ZBase32.Encode(new Invite { Seed = s_key, DiscoveryKey = s_room.ToDiscoveryKey() }.Encode())];

    public static bool Open(byte[] bytes) => Sealing.Open(bytes, s_key, s_room, default) is not null;

    public static bool ReadState(byte[] bytes) => RoomStateCodec.TryDecode(bytes, s_room, out var state) && RoomStateCodec.TryDecode(RoomStateCodec.Encode(state), s_room, out _);

    public static bool ReadOp(byte[] bytes) => OpCodec.Decode(bytes) is { Envelope: { } envelope } && OpCodec.Decode(OpCodec.Encode(envelope)).Envelope is not null;

    public static bool ReadContent(byte[] bytes) => ContentCodec.TryDecode(bytes, s_room, out var content) && ContentCodec.TryDecode(ContentCodec.Encode(content), s_room, out _);

    private static JoinCard MakeCard()
    {
        using var identity = IdentityKey.FromSeed(s_key.AsSpan());
        using var device = KeyPair.FromSeed(s_key.AsSpan());
        var keys = new ChatKeys { Proof = identity.Bootstrap(device.PublicKey, TimeProvider.System), Device = device, StorageKey = s_key };
        return JoinCard.Create(s_key, keys, s_room, s_room, s_room, s_key, "me");
    }

    private static EpochRecord MakeRecord()
    {
        using var box = EncryptionKeyPair.FromSeed(s_key.AsSpan());
        return EpochRecord.Create(s_room, s_key, EpochReason.Created, [box.PublicKey], [new(3, s_key)], s_random);
    }

    private static RoomState MakeState()
    {
        var state = RoomRules.Apply(RoomState.Empty(s_room), new(s_room, 1), MakeRecord()).State;
        return RoomRules.Apply(state, new(s_room, 2), new DecodedOp(new(new(1, 0), s_ops[0]), Refusal.None, false)).State;
    }

    private static string Hex(byte[] bytes) => "hex:" + Convert.ToHexString(bytes);
}
