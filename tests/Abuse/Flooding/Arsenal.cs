using System.Buffers;
using System.Buffers.Binary;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht;
using Nashi.Dht.Connecting;
using Nashi.Dht.HolePunching;
using Nashi.Dht.Rpc;
using Nashi.Encoding;
using Nashi.SecretStream;
using Nashi.TestKit;
using Nashi.Udx.Protocol;

namespace Nashi.Abuse.Flooding;

/// <summary>Makes hostile datagrams, each kind by its name, the same for the same seed. Not thread-safe.</summary>
internal sealed class Arsenal
{
    private const int Largest = 1472;
    private const int Handshakes = 256;

    private readonly IRandom _random;
    private readonly Mutator _bent;
    private readonly UdpAddress _victim;
    private readonly UdpAddress _bystander;
    private readonly Bytes32 _server;
    private readonly byte[][] _handshakes;
    private readonly byte[][] _points;
    private readonly (string Name, Func<byte[]> Make)[] _kinds;

    public Arsenal(UdpAddress victim, UdpAddress bystander, PublicKey server, ulong seed, string? kind = null)
    {
        (_victim, _bystander, _server) = (victim, bystander, ConnectCommands.TargetOf(server));
        _random = new SeededRandom(seed);
        _bent = new Mutator([.. Vectors.LoadBytes("dht"), .. Vectors.LoadBytes("connect"), .. Vectors.LoadBytes("udx")], seed);
        _kinds = [.. All().Where(entry => kind is null || entry.Name.Contains(kind, StringComparison.Ordinal))];
        if (_kinds.Length == 0) throw new ArgumentException($"No kind is called {kind}. Kinds: {string.Join(", ", All().Select(entry => entry.Name))}.");
        Counts = new long[_kinds.Length];
        using var attacker = KeyPair.Generate(_random);
        _handshakes = [.. Enumerable.Range(0, Handshakes).Select(_ => Hello(attacker, server))];
        _points = [.. Enumerable.Range(0, 64).Select(_ => Point())];
    }

    /// <summary>How many were made of each kind.</summary>
    public long[] Counts { get; }

    public IEnumerable<(string Name, long Count)> Summary => _kinds.Select((kind, i) => (kind.Name, Counts[i]));

    public byte[] Next()
    {
        var kind = _random.Next(_kinds.Length);
        Counts[kind]++;
        return _kinds[kind].Make();
    }

    private (string Name, Func<byte[]> Make)[] All() =>
    [
        ("noise", () => Noise(_random.Next(Largest))),
        ("empty or one byte", () => Noise(_random.Next(2))),
        ("bent vectors", Bent),
        ("truncated request", () => Cut(Request(_random.Next(2) == 0, (ulong)_random.Next(12), Noise(_random.Next(400))))),
        ("oversize request", () => Request(false, (ulong)_random.Next(12), Noise(1100 + _random.Next(300)))),
        ("internal commands", () => Request(true, (ulong)_random.Next(6), Noise(_random.Next(8)))),
        ("unknown commands", () => Request(_random.Next(2) == 0, 11 + (_random.NextUInt64() >> 12), Noise(_random.Next(64)))),
        ("NAT pings", () => Request(true, InternalCommand.PingNat, Noise(2))),
        ("delayed pings", () => Request(true, InternalCommand.DelayedPing, Number(_random.Next(12_000)))),
        ("down hints", () => Request(true, InternalCommand.DownHint, Address(_random.Next(2) == 0 ? _bystander : Anywhere()))),
        ("lookups", () => Request(false, Pick(DhtCommand.Lookup, DhtCommand.FindPeer, DhtCommand.ImmutableGet, DhtCommand.MutableGet), [0])),
        ("forged tokens", () => Request(false, Pick(DhtCommand.Announce, DhtCommand.Unannounce, DhtCommand.MutablePut, DhtCommand.ImmutablePut), Noise(200), token: true)),
        ("forged ids", () => Request(true, InternalCommand.Ping, null, id: true)),
        ("responses nobody asked for", Response),
        ("UDX packets", Packet),
        ("UDX headers, bent", () => Cut(Packet())),
        ("handshakes, valid", () => Handshake(_handshakes[_random.Next(Handshakes)], RouteMode.FromClient, null)),
        ("handshakes, forged", () => Handshake(Forged(), RouteMode.FromClient, null)),
        ("handshakes, as a relay", () => Handshake(_random.Next(8) == 0 ? _handshakes[_random.Next(Handshakes)] : Forged(), RouteMode.FromRelay, Anywhere())),
        ("relayed to others", () => Handshake(Forged(), (RouteMode)_random.Next(5), _random.Next(2) == 0 ? _bystander : Anywhere(), toServer: _random.Next(2) == 0)),
        ("hole punches", Punch),
    ];

    private byte[] Bent()
    {
        var bytes = _bent.Next();
        return bytes.Length <= Largest ? bytes : bytes[..Largest];
    }

    private byte[] Request(bool isInternal, ulong command, byte[]? value, bool token = false, bool id = false) => new RpcRequest(
        (ushort)_random.Next(65536), _victim, id || _random.Next(4) == 0 ? Random32() : null, token ? Random32() : null, isInternal, command,
        _random.Next(2) == 0 ? _server : Random32(), value).Encode();

    private byte[] Response() => new RpcResponse(
        (ushort)_random.Next(65536), _victim, Random32(), Random32(), [.. Enumerable.Range(0, _random.Next(20)).Select(_ => Anywhere())], 0, Noise(_random.Next(500))).Encode();

    private byte[] Packet()
    {
        var bytes = Noise(PacketHeader.Size + _random.Next(1000));
        new PacketHeader((PacketTypes)_random.Next(256), (byte)_random.Next(64), _random.NextUInt32(), 0, (uint)_random.Next(4), (uint)_random.Next(4)).Write(bytes);
        return bytes;
    }

    private byte[] Handshake(byte[] noise, RouteMode mode, UdpAddress? peer, bool toServer = true) => new RpcRequest(
        (ushort)_random.Next(65536), _victim, null, null, false, DhtCommand.PeerHandshake, toServer ? _server : Random32(),
        new HandshakeMessage(mode, noise, peer, _random.Next(4) == 0 ? _bystander : null).Encode()).Encode();

    private byte[] Punch() => new RpcRequest(
        (ushort)_random.Next(65536), _victim, null, null, false, DhtCommand.PeerHolepunch, _random.Next(4) == 0 ? Random32() : _server,
        new HolepunchMessage((RouteMode)_random.Next(5), (ulong)_random.Next(2048), Noise(_random.Next(400)), _random.Next(2) == 0 ? _bystander : Anywhere()).Encode()).Encode();

    // Begins with a point that costs the server its scalar multiplications, and fails only then.
    private byte[] Forged()
    {
        var noise = Noise(_handshakes[0].Length);
        _points[_random.Next(_points.Length)].CopyTo(noise, 0);
        return noise;
    }

    private byte[] Hello(KeyPair pair, PublicKey server)
    {
        using var noise = NoiseHandshake.StartIK(true, pair, server, ConnectCommands.Prologue.AsSpan(), _random);
        var buffer = new ArrayBufferWriter<byte>(512);
        var payload = new PeerPayload { Firewall = NatKind.Consistent, Addresses = [_bystander, Anywhere()], Stream = new StreamOffer(7), SecretStreamVersion = 1 };
        if (!noise.TryWriteMessage(payload.Encode(), buffer)) throw new InvalidOperationException("The server's key is no point.");
        return buffer.WrittenSpan.ToArray();
    }

    private byte[] Point()
    {
        using var pair = KeyPair.Generate(_random);
        return pair.PublicKey.Value.AsSpan().ToArray();
    }

    private byte[] Cut(byte[] bytes) => bytes[.._random.Next(bytes.Length + 1)];

    private byte[] Noise(int length)
    {
        var bytes = new byte[length];
        _random.Fill(bytes);
        return bytes;
    }

    private Bytes32 Random32()
    {
        Bytes32 value = default;
        _random.Fill(value);
        return value;
    }

    private UdpAddress Anywhere() => UdpAddress.FromIPv4(_random.NextUInt32(), _random.Next(65536));

    private ulong Pick(params ReadOnlySpan<ulong> commands) => commands[_random.Next(commands.Length)];

    private static byte[] Number(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Address(UdpAddress address)
    {
        var bytes = new byte[AddressCodec.Size];
        var writer = new CompactWriter(bytes);
        AddressCodec.Write(ref writer, address);
        return bytes;
    }
}
