using Nashi.Autobase.Messages;
using Nashi.BlindPeer.Messages;
using Nashi.BlindPeer.Server;
using Nashi.Chat;
using Nashi.Chat.Epochs;
using Nashi.Chat.Ops;
using Nashi.Chat.Profiles;
using Nashi.Chat.Rooms;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Deploy;
using Nashi.Dht.Connecting;
using Nashi.Dht.HolePunching;
using Nashi.Dht.Life;
using Nashi.Dht.Records;
using Nashi.Dht.Relaying;
using Nashi.Dht.Rpc;
using Nashi.Encoding;
using Nashi.Hyperbee;
using Nashi.Hyperbee.Hints;
using Nashi.Hyperbee.Tree;
using Nashi.Hyperbee2.Blocks;
using Nashi.Hypercore.Manifests;
using Nashi.Hypercore.Replication.Protocol;
using Nashi.Hypercore.State;
using Nashi.Hyperdrive;
using Nashi.Hyperdrive.Blobs;
using Nashi.Hyperdrive.Drives;
using Nashi.Protomux;
using Nashi.Protomux.Rpc.Protocol;
using Nashi.Protomux.Wakeup.Protocol;
using Nashi.Lan.Messages;
using Nashi.Lan.Protocol;
using Nashi.Pairing;
using Nashi.SecretStream;
using Nashi.Storage;
using Nashi.Storage.Records;
using Nashi.TcpRelay.Driver;
using Nashi.TcpRelay.Protocol;
using Nashi.Udx.Protocol;

namespace Nashi.Fuzz;

/// <summary>Every decoder of a stranger's bytes. A new one gets a line here.</summary>
internal static class Targets
{
    public static IReadOnlyList<Target> All { get; } =
    [
        .. Encoding(),
        .. Streams(),
        .. Network(),
        .. Pairing(),
        .. Hypercore(),
        .. Store(),
        .. Files(),
        .. Bases(),
        .. Chats(),
        .. Databases(),
        .. Profiles(),
        .. BlindPeers(),
    ];

    private static Target[] Profiles() =>
    [
        new("vault", ["pairing"], bytes => VaultFile.TryDecodeWhole(bytes, out var file) && VaultFile.TryDecode(file.Encode(), out _)),
        new("vault secrets", ["pairing"], bytes => SecretDictionary.TryDecode(bytes, out _), 512),
    ];

    private static Target[] Encoding() =>
    [
        new("compact value", ["encoding"], bytes => new CompactReader(bytes) is var reader && CompactValue.TryRead(ref reader, out _), 512),
        new("compact reader", ["encoding"], ReadEverything),
        new("index number", ["encoding", "storage"], bytes => { ReadOnlySpan<byte> rest = bytes; return IndexEncoder.TryReadUInt(ref rest, out _); }),
        new("index bytes", ["encoding", "storage"], bytes => { ReadOnlySpan<byte> rest = bytes; return IndexEncoder.TryReadBytes(ref rest, out _); }),
        new("z-base-32", ["text:yryk5fgmfbcx9zqhhr8bp5rqsnqkx5eoptpcyf9qjhxx7bbp4kdo"], bytes => ZBase32.TryDecode(Text(bytes), new byte[32])),
        new("hex", ["text:" + Texts.Hex], bytes => Hex.TryDecode(Text(bytes), new byte[32])),
        new("id", ["text:yryk5fgmfbcx9zqhhr8bp5rqsnqkx5eoptpcyf9qjhxx7bbp4kdo"], bytes => Id32.TryParse<PublicKey>(Text(bytes), out _)),
    ];

    private static Target[] Streams() =>
    [
        new("noise IK, first message", ["noise"], bytes => Noise.TryRead(Noise.StartIK(), bytes), 4096),
        new("noise XX, first message", ["noise"], bytes => Noise.TryRead(Noise.StartXX(), bytes), 4096),
        new("secret stream frames", ["secretstream"], StreamDecoders.SecretStream, 128),
        new("secret stream unordered", ["secretstream"], StreamDecoders.Unordered),
        new("protomux frames", ["protomux"], StreamDecoders.Protomux, 2048),
        .. Channels(),
    ];

    private static Target[] Channels() =>
    [
        new("RPC request", ["rpc"], bytes => RpcRequestMessage.TryDecode(bytes, out _, out _, out _)),
        new("RPC response", ["rpc"], bytes => RpcResponseMessage.TryDecode(bytes, out _, out _, out _)),
        new("capability handshake", ["rpc"], bytes => ConnectionCapability.TryDecodeHandshake(bytes, out _)),
        new("wakeup handshake", ["wakeup"], bytes => WakeupHandshake.TryDecode(bytes, out _)),
        new("wakeup lookup", ["wakeup"], bytes => WakeupLookup.TryDecode(bytes, out _)),
        new("wakeup announce", ["wakeup"], bytes => WakeupAnnounce.TryDecode(bytes, out _)),
        new("wakeup info", ["wakeup"], bytes => WakeupInfo.TryDecode(bytes, out _)),
    ];

    private static Target[] Network() =>
    [
        new("UDX header", ["udx"], bytes => PacketHeader.TryRead(bytes, out _)),
        new("UDX packets", ["udx"], StreamDecoders.Udx, 4096),
        new("multicast DNS", LanSeeds.Messages, bytes => DnsReader.TryDecode(bytes, out _), 128),
        new("LAN profile", LanSeeds.Profiles, bytes => LanProfile.TryDecode(bytes) is not null),
        new("LAN sealed keys", LanSeeds.Profiles, bytes => SealedKeys.Decode(bytes).Count > 0),
        new("UDP address", ["text:127.0.0.1:80", "text:[::1]:80"], bytes => UdpAddress.TryParse(Text(bytes), out _)),
        new("DHT request", ["connect", "dht"], bytes => RpcRequest.TryDecode(bytes, out _)),
        new("DHT response", ["connect", "dht"], bytes => RpcResponse.TryDecode(bytes, out _)),
        new("DHT node", ["connect", "dht"], NodeUnderAttack.Feed, 8192),
        new("hole-punch sealed", ["connect", "dht"], NodeUnderAttack.Open),
        new("DHT announce", ["connect", "dht"], bytes => AnnounceMessage.TryDecode(bytes, out _)),
        new("DHT peer record", ["connect", "dht"], bytes => PeerRecord.TryDecode(bytes, out _)),
        new("DHT lookup answer", ["connect", "dht"], bytes => LookupAnswer.TryDecode(bytes, out _)),
        new("DHT mutable value", ["connect", "dht"], bytes => MutableValue.TryDecode(bytes, out _)),
        new("DHT mutable put", ["connect", "dht"], bytes => MutableValue.TryDecodePut(bytes, out _, out _)),
        new("handshake message", ["connect", "dht"], bytes => HandshakeMessage.TryDecode(bytes) is not null),
        new("handshake payload", ["connect", "dht"], bytes => PeerPayload.TryDecode(bytes) is not null),
        new("hole-punch message", ["connect", "dht"], bytes => HolepunchMessage.TryDecode(bytes) is not null),
        new("hole-punch payload", ["connect", "dht"], bytes => PunchPayload.TryDecode(bytes) is not null),
        new("remembered nodes", ["text:" + Texts.Nodes], bytes => NodeMemoryText.TryParse(Text(bytes)) is not null, 4096),
        new("TCP relay session", RelaySeeds.Frames, RelaySeeds.Session, 4096),
        new("TCP relay datagram", RelaySeeds.Bodies, RelaySeeds.Datagram, 4096),
        new("TCP relay hello", RelaySeeds.Bodies, bytes => HelloFrame.TryRead(bytes, out _, out _)),
        new("TCP relay welcome", RelaySeeds.Bodies, bytes => WelcomeFrame.TryRead(bytes, out _)),
        new("TCP relay signature", ["hex:0440" + Texts.Hex + Texts.Hex], bytes => RelayCertificate.TryReadSignature(bytes, out _)),
        new("TCP relay link", [RelaySeeds.Link], bytes => RelaySeeds.ReadLink(Text(bytes)), 512),
        new("relay pair", ["relay"], bytes => PairMessage.TryDecode(bytes) is { } pair && PairMessage.TryDecode(pair.Encode()) == pair),
        new("relay unpair", ["relay"], bytes => UnpairMessage.TryDecode(bytes) is { } unpair && UnpairMessage.TryDecode(unpair.Encode()) == unpair),
    ];

    private static Target[] Chats() =>
    [
        new("chat op", ChatSeeds.Ops, ChatSeeds.ReadOp, 512),
        new("chat join card", ChatSeeds.Cards, bytes => JoinCard.TryDecode(bytes, out _), 512),
        new("chat epoch record", ChatSeeds.Records, bytes => EpochRecord.TryDecode(bytes, out var record) && EpochRecord.TryDecode(record.Encode(), out _)),
        new("chat content", ChatSeeds.Contents, ChatSeeds.ReadContent, 128),
        new("chat log line", ChatSeeds.Lines, bytes => LogEntry.TryDecode(bytes, out var entry) && LogEntry.TryDecode(entry.Encode(), out _)),
        new("chat room state", ChatSeeds.States, ChatSeeds.ReadState, 512),
        new("chat stored room", ChatSeeds.Metas, bytes => RoomMeta.TryDecode(bytes, out var meta) && RoomMeta.TryDecode(meta.Encode(), out _), 256),
        new("chat sealed value", ChatSeeds.Values, ChatSeeds.Open),
        new("chat gate hello", ["hex:01" + Texts.Hex + Texts.Hex + Texts.Hex + "010102030405060708" + Texts.Hex], bytes => Gate.TryReadHello(bytes, out _, out _, []), 128),
        new("chat invite link", ChatSeeds.Links, bytes => InviteLink.TryParse(Text(bytes), out _), 128),
        new("chat message id", ["text:yryk5fgmfbcx9zqhhr8bp5rqsnqkx5eoptpcyf9qjhxx7bbp4kdo.7"], bytes => MessageId.TryParse(Text(bytes), out _)),
    ];

    private static Target[] BlindPeers() =>
    [
        new("blind peer add cores", ["blindpeer"], bytes => AddCoresMessage.TryDecode(bytes, out var message) && AddCoresMessage.TryDecode(message.Encode(), out _)),
        new("blind peer core request", ["blindpeer"], bytes => AddCoreRequest.TryDecode(bytes, out _)),
        new("blind peer core record", ["blindpeer"], bytes => CoreRecordMessage.TryDecode(bytes, out _)),
        new("blind peer delete core", ["blindpeer"], bytes => BlindPeerMethods.TryDecodeKey(bytes, out _)),
        new("blind peer receipt request", ["hex:" + Texts.Hex + Texts.Hex + "03000102"], bytes => ReceiptRequest.TryDecode(bytes, out _)),
        new("blind peer signed receipt", ["hex:00000501" + Texts.Hex + Texts.Hex + "01" + Texts.Hex], bytes => ReceiptAnswer.TryDecode(bytes, out _)),
        new("blind peer stored record", ["hex:0103" + Texts.Hex + "010203040506000001" + Texts.Hex], bytes => HostRecordCodec.TryDecode(default, bytes, out var record) && HostRecordCodec.TryDecode(default, HostRecordCodec.Encode(record), out _)),
    ];

    private static Target[] Pairing() =>
    [
        new("invite", ["pairing"], bytes => Invite.TryDecode(bytes, out var invite) && Invite.TryDecode(invite.Encode(), out _)),
        new("invite book", ["pairing"], bytes => InviteBook.TryDecode(bytes, out _)),
        new("pairing request", ["pairing"], bytes => PairingRequest.TryDecode(bytes, out _)),
        new("pairing response", ["pairing"], bytes => PairingResponse.TryDecode(bytes, out _)),
        new("pairing answer", ["pairing"], bytes => PairingAnswer.TryDecode(bytes, out _)),
        new("pairing receipt", ["pairing"], bytes => PairingReceipt.TryDecode(bytes, out _)),
        new("identity proof", ["pairing"], bytes => IdentityProof.TryDecode(bytes, out var proof) && !proof.TryVerifyData(bytes, ProofRequirements.None, out _), 4096),
    ];

    private static Target[] Hypercore() =>
    [
        new("manifest", ["hypercore"], bytes => ManifestCodec.TryDecode(bytes, out _)),
        new("stored manifest", ["hypercore", "storage"], bytes => StoredManifest.TryDecode(bytes, out _)),
        new("multisig", ["hypercore"], bytes => Multisig.TryRead(bytes, out _)),
        new("multisig, version 0", ["hypercore"], bytes => Multisig.TryReadVersion0(bytes, out _)),
        new("replication handshake", ["replication"], bytes => ReplicationHandshake.TryDecode(bytes, out _)),
        new("replication sync", ["replication"], bytes => SyncMessage.TryDecode(bytes, out _)),
        new("replication request", ["replication"], bytes => RequestMessage.TryDecode(bytes, out _)),
        new("replication cancel", ["replication"], bytes => CancelMessage.TryDecode(bytes, out _)),
        new("replication data", ["replication"], bytes => DataMessage.TryDecode(bytes, out _)),
        new("replication no data", ["replication"], bytes => NoDataMessage.TryDecode(bytes, out _)),
        new("replication want", ["replication"], bytes => WantMessage.TryDecode(bytes, out _)),
        new("replication bitfield", ["replication"], bytes => BitfieldMessage.TryDecode(bytes, out _)),
        new("replication range", ["replication"], bytes => RangeMessage.TryDecode(bytes, out _)),
        new("replication extension", ["replication"], bytes => ExtensionMessage.TryDecode(bytes, out _)),
    ];

    private static Target[] Store() =>
    [
        Record<StoreHead>("store head"),
        Record<CorePointer>("core pointer"),
        Record<CoreAuth>("core auth"),
        Record<CoreHead>("core head"),
        Record<CoreAlias>("core alias"),
        Record<CoreHints>("core hints"),
        Record<CoreDependency>("core dependency"),
        Record<SessionList>("session list"),
        Record<GroupReference>("group reference"),
        Record<NodeRecord>("tree node"),
        new("storage alias key", ["storage"], bytes => StorageKeys.TryReadAlias(bytes, out _)),
        new("storage discovery key", ["storage"], bytes => StorageKeys.TryReadDiscoveryKey(bytes, out _)),
        new("storage data key", ["storage"], bytes => StorageKeys.TrySplit(bytes, out _, out _)),
    ];

    private static Target[] Files() =>
    [
        new("hyperbee block", ["hyperbee", .. Texts.Bee], bytes => BlockCodec.TryDecode(5, bytes, out _), 512),
        new("hyperbee index", ["hyperbee", .. Texts.Bee], bytes => BlockCodec.TryDecodeIndex(bytes, out _), 512),
        new("hyperbee hint", ["hyperbee", .. Texts.Bee], bytes => HintMessage.TryDecode(bytes, out _), 512),
        new("hyperbee2 block", ["hyperbee2", "hyperbee", .. Texts.Bee], bytes => TreeBlockCodec.TryDecode(5, bytes, out var block) && TreeBlockCodec.Encode(block).Length > 0, 512),
        new("hyperbee header", ["hyperbee", .. Texts.Bee], bytes => BeeHeader.TryDecode(bytes, out _)),
        new("drive entry", ["hyperdrive", Texts.Entry], bytes => DriveEntryCodec.TryDecode("/a", 1, bytes, out _), 512),
        new("blob block map", ["hyperdrive", "encoding", "text:\u0001\u0002\u0003\u0004"], bytes => BlockMapCodec.TryDecode(bytes, []), 512),
        new("drive path", ["text:/a/b/../c", "text:a\\b", "text:/CON", "text:/.."], bytes => DrivePath.IsCanonical(Text(bytes))),
        new("pear link", [.. Texts.Links], bytes => PearLink.TryParse(Text(bytes), out _, out _)),
    ];

    private static Target[] Bases() =>
    [
        Message<OplogMessage>("oplog message"),
        Message<BootRecord>("boot record"),
        Message<SystemInfo>("system info"),
        Message<Autobase.Messages.Member>("member"),
        Message<LinearizerUpdate>("linearizer update"),
        Message<EncryptionDescriptor>("encryption descriptor"),
        Message<ManifestData>("manifest data"),
        new("linearizer key", ["autobase"], bytes => LinearizerUpdate.TryReadKey(bytes, out _)),
        new("writer heads", ["autobase"], bytes => new CompactReader(bytes) is var reader && reader.TryReadHeads(out _), 512),
    ];

    private static Target[] Databases() =>
    [
        new("typed struct", ["hyperschema"], TypedDecoders.Struct, 1024),
        new("typed record", ["hyperdb"], TypedDecoders.Record, 512),
        new("typed key", ["encoding"], TypedDecoders.Key),
        new("typed command", ["hyperdispatch"], bytes => Typed.Dispatch.TryDecode(bytes, out _, out _), 512),
    ];

    // What was read is written and read again: the two must be equal, or one peer would store what another refuses.
    private static Target Message<T>(string name)
        where T : IMessage<T> => new(
            name,
            ["autobase"],
            bytes => MessageCodec.TryDecode<T>(bytes, out var message) && MessageCodec.TryDecode<T>(MessageCodec.Encode(message), out _),
            512);

    private static Target Record<T>(string name)
        where T : IStoredRecord<T> => new(name, ["storage", "corestore"], bytes => RecordCodec.TryDecode<T>(bytes, out _));

    private static string Text(byte[] bytes) => System.Text.Encoding.UTF8.GetString(bytes);

    // Every kind of read in turn, chosen by the input itself.
    private static bool ReadEverything(byte[] bytes)
    {
        var reader = new CompactReader(bytes);
        var ok = true;
        while (ok && reader.TryReadByte(out var what))
        {
            ok = (what % 7) switch
            {
                0 => reader.TryReadUInt(out _),
                1 => reader.TryReadInt(out _),
                2 => reader.TryReadBuffer(out _),
                3 => reader.TryReadString(100, out _),
                4 => reader.TryReadArrayLength(1 + (what / 7), out _),
                5 => reader.TryReadFixed32(out _),
                _ => reader.TryReadInt32(out _),
            };
        }

        return ok;
    }
}
