using System.Diagnostics.CodeAnalysis;
using Nashi.Cryptography;
using Nashi.Dht.Connecting;
using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Pairing;

/// <summary>An invitation to something that lives under a discovery key: whoever holds it may ask a member for the key.</summary>
/// <remarks>
/// It names no one and reveals nothing of what it invites to. Who reads it can ask in its holder's place: hand it over as carefully as a password.
/// Source: data.md §10.1. Thread-safe: immutable.
/// </remarks>
public sealed record Invite
{
    private const ulong Version = 1;
    private const ulong HasDiscoveryKey = 1;
    private const ulong HasExpiry = 2;
    private const ulong Sensitive = 4;
    private const ulong Test = 8;
    private const ulong HasNodes = 16;

    /// <summary>The longest invite that is read, in bytes.</summary>
    public const int MaxSize = 1024;

    /// <summary>How many additional nodes of an invite are kept.</summary>
    public const int MaxNodes = 16;

    /// <summary>The secret of the invite: the seed of the key pair that signs requests.</summary>
    public required Bytes32 Seed { get; init; }

    /// <summary>Where members are found; null when the parties know it from elsewhere.</summary>
    public DiscoveryKey? DiscoveryKey { get; init; }

    /// <summary>Until when it is good, in whole seconds; null for ever. A hint to its holder: members decide by what they know themselves.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Whether a member should look at each request, and not admit by itself.</summary>
    public bool IsSensitive { get; init; }

    /// <summary>Whether it is for trying out only.</summary>
    public bool IsTest { get; init; }

    /// <summary>Nodes of a network through which members are found; null for the usual network.</summary>
    public IReadOnlyList<UdpAddress>? AdditionalNodes { get; init; }

    /// <summary>By what members know the invite.</summary>
    public Bytes32 Id => PairingHashes.InviteId(PublicKey);

    /// <summary>With what members open requests.</summary>
    public PublicKey PublicKey
    {
        get
        {
            using var pair = KeyPair();
            return pair.PublicKey;
        }
    }

    /// <summary>Makes a new invite.</summary>
    public static Invite Create(DiscoveryKey discoveryKey, IRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> seed = stackalloc byte[Bytes32.Size];
        random.Fill(seed);
        return new Invite { Seed = new Bytes32(seed), DiscoveryKey = discoveryKey };
    }

    /// <summary>Parses a stranger's bytes.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Invite? invite)
    {
        invite = null;
        if (bytes.Length > MaxSize) return false;
        var reader = new CompactReader(bytes);
        if (!reader.TryReadUInt(out var version) || version != Version || !reader.TryReadUInt(out var flags)) return false;
        if (!reader.TryReadFixed32(out var seed)) return false;
        Bytes32 discoveryKey = default;
        if ((flags & HasDiscoveryKey) != 0 && !reader.TryReadFixed32(out discoveryKey)) return false;
        uint expires = 0;
        if ((flags & HasExpiry) != 0 && !reader.TryReadUInt32(out expires)) return false;
        IReadOnlyList<UdpAddress>? nodes = null;
        if ((flags & HasNodes) != 0 && (nodes = TryReadNodes(ref reader)) is null) return false;
        invite = new Invite
        {
            Seed = seed,
            DiscoveryKey = (flags & HasDiscoveryKey) != 0 ? new DiscoveryKey(discoveryKey) : null,
            Expires = expires > 0 ? DateTimeOffset.FromUnixTimeSeconds(expires) : null,
            IsSensitive = (flags & Sensitive) != 0,
            IsTest = (flags & Test) != 0,
            AdditionalNodes = nodes,
        };
        return true;
    }

    /// <summary>The bytes to hand over. Addresses that only mean something on one's own network are left out.</summary>
    public byte[] Encode()
    {
        var nodes = AdditionalNodes?.Where(node => node.IsIPv4 && !IsLocal(node)).Take(MaxNodes).ToArray();
        var size = 2 + Bytes32.Size + (DiscoveryKey is null ? 0 : Bytes32.Size) + (Expires is null ? 0 : 4)
            + (nodes is null ? 0 : CompactSize.UInt((ulong)nodes.Length) + (6 * nodes.Length));
        var bytes = new byte[size];
        var writer = new CompactWriter(bytes);
        writer.WriteUInt(Version);
        writer.WriteUInt((DiscoveryKey is null ? 0 : HasDiscoveryKey) | (Expires is null ? 0 : HasExpiry)
            | (IsSensitive ? Sensitive : 0) | (IsTest ? Test : 0) | (nodes is null ? 0 : HasNodes));
        writer.WriteFixed32(Seed);
        if (DiscoveryKey is { } key) writer.WriteFixed32(key.Value);
        if (Expires is { } expires) writer.WriteUInt32((uint)Math.Clamp(expires.ToUnixTimeSeconds(), 1, uint.MaxValue));
        if (nodes is not null) WriteNodes(ref writer, nodes);
        return bytes;
    }

    /// <summary>The pair that signs requests; the caller disposes it.</summary>
    public KeyPair KeyPair() => Cryptography.KeyPair.FromSeed(Seed.AsSpan());

    /// <summary>The invite's id; never its secret.</summary>
    public override string ToString() => $"invite {Id}";

    private static UdpAddress[]? TryReadNodes(ref CompactReader reader)
    {
        if (!reader.TryReadArrayLength(6, out var count)) return null;
        var nodes = new UdpAddress[Math.Min(count, MaxNodes)];
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryReadIPv4Address(out var host, out var port)) return null;
            if (i < nodes.Length) nodes[i] = UdpAddress.FromBytes(host, port);
        }

        return nodes;
    }

    private static void WriteNodes(ref CompactWriter writer, UdpAddress[] nodes)
    {
        writer.WriteUInt((ulong)nodes.Length);
        foreach (var node in nodes)
        {
            writer.WriteByte((byte)(node.IPv4 >> 24));
            writer.WriteByte((byte)(node.IPv4 >> 16));
            writer.WriteByte((byte)(node.IPv4 >> 8));
            writer.WriteByte((byte)node.IPv4);
            writer.WriteUInt16((ushort)node.Port);
        }
    }

    private static bool IsLocal(UdpAddress node) => AddressScope.IsBogon(node);
}
