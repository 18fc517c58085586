using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Encoding;

namespace Nashi.Dht.HolePunching;

/// <summary>What two peers tell each other while they punch, sealed by <see cref="SecurePayload"/>. Source: network.md §3.8.</summary>
internal sealed record PunchPayload
{
    /// <summary>What went wrong, if anything.</summary>
    public PeerError Error { get; init; }

    /// <summary>What the sender has found out about its own translator.</summary>
    public NatKind Firewall { get; init; }

    /// <summary>Counts the client's messages; the newest one wins.</summary>
    public ulong Round { get; init; }

    /// <summary>Whether the sender has got through.</summary>
    public bool Connected { get; init; }

    /// <summary>Whether the sender punches.</summary>
    public bool Punching { get; init; }

    /// <summary>Where the sender is seen; null when unknown.</summary>
    public IReadOnlyList<UdpAddress>? Addresses { get; init; }

    /// <summary>The receiver's address to which the sender opened its translator.</summary>
    public UdpAddress? RemoteAddress { get; init; }

    /// <summary>To be echoed, which proves that the receiver is at the address this was sent to.</summary>
    public Bytes32? Token { get; init; }

    /// <summary>The receiver's token, echoed.</summary>
    public Bytes32? RemoteToken { get; init; }

    /// <summary>Parses a peer's bytes.</summary>
    /// <returns>Null when malformed.</returns>
    public static PunchPayload? TryDecode(ReadOnlySpan<byte> bytes)
    {
        var reader = new CompactReader(bytes);
        if (!reader.TryReadUInt(out var flags) || !reader.TryReadUInt(out var error)) return null;
        if (!reader.TryReadUInt(out var firewall) || !reader.TryReadUInt(out var round)) return null;
        IReadOnlyList<UdpAddress> addresses = [];
        UdpAddress remote = default;
        Bytes32 token = default, remoteToken = default;
        if ((flags & 4) != 0 && !AddressCodec.TryReadList(ref reader, out addresses)) return null;
        if ((flags & 8) != 0 && !AddressCodec.TryRead(ref reader, out remote)) return null;
        if ((flags & 16) != 0 && !reader.TryReadFixed32(out token)) return null;
        if ((flags & 32) != 0 && !reader.TryReadFixed32(out remoteToken)) return null;
        return new PunchPayload
        {
            Error = error <= (ulong)PeerError.TryLater ? (PeerError)error : PeerError.Aborted,
            Firewall = firewall <= (ulong)NatKind.Random ? (NatKind)firewall : NatKind.Random,
            Round = round,
            Connected = (flags & 1) != 0,
            Punching = (flags & 2) != 0,
            Addresses = (flags & 4) != 0 ? addresses : null,
            RemoteAddress = (flags & 8) != 0 ? remote : null,
            Token = (flags & 16) != 0 ? token : null,
            RemoteToken = (flags & 32) != 0 ? remoteToken : null,
        };
    }

    /// <summary>The bytes to seal.</summary>
    public byte[] Encode()
    {
        var size = 3 + CompactSize.UInt(Round)
            + (Addresses is null ? 0 : AddressCodec.ListSize(Addresses))
            + (RemoteAddress is null ? 0 : AddressCodec.Size)
            + (Token is null ? 0 : Bytes32.Size)
            + (RemoteToken is null ? 0 : Bytes32.Size);
        var bytes = new byte[size];
        var writer = new CompactWriter(bytes);
        writer.WriteUInt(
            (Connected ? 1u : 0u) | (Punching ? 2u : 0u) | (Addresses is null ? 0u : 4u) |
            (RemoteAddress is null ? 0u : 8u) | (Token is null ? 0u : 16u) | (RemoteToken is null ? 0u : 32u));
        writer.WriteUInt((ulong)Error);
        writer.WriteUInt((ulong)Firewall);
        writer.WriteUInt(Round);
        if (Addresses is not null) AddressCodec.WriteList(ref writer, Addresses);
        if (RemoteAddress is { } remote) AddressCodec.Write(ref writer, remote);
        if (Token is { } token) writer.WriteFixed32(token);
        if (RemoteToken is { } remoteToken) writer.WriteFixed32(remoteToken);
        return bytes;
    }
}
