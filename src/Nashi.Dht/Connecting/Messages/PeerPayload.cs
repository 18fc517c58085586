using Nashi.Datagrams;
using Nashi.Dht.HolePunching;
using Nashi.Encoding;

namespace Nashi.Dht.Connecting;

/// <summary>What two peers tell each other inside the Noise messages. Source: network.md §3.5.</summary>
internal sealed record PeerPayload
{
    /// <summary>The version we speak; of another nothing but the number is read.</summary>
    public const uint CurrentVersion = 1;

    private const int MaxRelays = 16;

    /// <summary>The version of the sender.</summary>
    public ulong Version { get; init; } = CurrentVersion;

    /// <summary>What went wrong, if anything.</summary>
    public PeerError Error { get; init; }

    /// <summary>Whether the sender can be reached by anybody.</summary>
    public NatKind Firewall { get; init; }

    /// <summary>How to ask the sender to punch; null when it need not.</summary>
    public HolepunchOffer? Holepunch { get; init; }

    /// <summary>Where the sender believes to be: its public address, then those of its interfaces.</summary>
    public IReadOnlyList<UdpAddress> Addresses { get; init; } = [];

    /// <summary>The sender's stream.</summary>
    public StreamOffer? Stream { get; init; }

    /// <summary>The version of the sender's encrypted stream; null when it has none.</summary>
    public ulong? SecretStreamVersion { get; init; }

    /// <summary>The blind relay the sender proposes.</summary>
    public RelayThrough? RelayThrough { get; init; }

    /// <summary>Nodes to ask first at the next connect; null when the sender says nothing about it.</summary>
    public IReadOnlyList<UdpAddress>? RelayAddresses { get; init; }

    /// <summary>Parses a peer's bytes.</summary>
    /// <returns>Null when malformed.</returns>
    public static PeerPayload? TryDecode(ReadOnlySpan<byte> bytes)
    {
        var reader = new CompactReader(bytes);
        if (!reader.TryReadUInt(out var version)) return null;
        if (version != CurrentVersion) return new PeerPayload { Version = version };
        if (!reader.TryReadUInt(out var flags) || !reader.TryReadUInt(out var error) || !reader.TryReadUInt(out var firewall)) return null;

        var payload = new PeerPayload { Error = ToError(error), Firewall = ToKind(firewall) };
        if ((flags & 1) != 0)
        {
            if (!TryReadOffer(ref reader, out var offer)) return null;
            payload = payload with { Holepunch = offer };
        }

        if ((flags & 2) != 0)
        {
            if (!AddressCodec.TryReadList(ref reader, out var addresses)) return null;
            payload = payload with { Addresses = addresses };
        }

        if ((flags & 4) != 0 && !TrySkipIPv6(ref reader)) return null;
        if ((flags & 8) != 0)
        {
            if (!TryReadStream(ref reader, out var stream)) return null;
            payload = payload with { Stream = stream };
        }

        if ((flags & 16) != 0)
        {
            if (!reader.TryReadUInt(out var streamVersion)) return null;
            payload = payload with { SecretStreamVersion = streamVersion };
        }

        if ((flags & 32) != 0)
        {
            if (!TryReadRelayThrough(ref reader, out var through)) return null;
            payload = payload with { RelayThrough = through };
        }

        if ((flags & 64) == 0) return payload;
        return AddressCodec.TryReadList(ref reader, out var relays) ? payload with { RelayAddresses = relays } : null;
    }

    /// <summary>The bytes to seal into a Noise message.</summary>
    public byte[] Encode()
    {
        var bytes = new byte[Size()];
        var writer = new CompactWriter(bytes);
        writer.WriteUInt(Version);
        writer.WriteUInt(Flags());
        writer.WriteUInt((ulong)Error);
        writer.WriteUInt((ulong)Firewall);
        if (Holepunch is { } offer) WriteOffer(ref writer, offer);
        if (Addresses.Count > 0) AddressCodec.WriteList(ref writer, Addresses);
        if (Stream is { } stream) WriteStream(ref writer, stream);
        if (SecretStreamVersion is { } streamVersion) writer.WriteUInt(streamVersion);
        if (RelayThrough is { } through) WriteRelayThrough(ref writer, through);
        if (RelayAddresses is { } relays) AddressCodec.WriteList(ref writer, relays);
        return bytes;
    }

    private static PeerError ToError(ulong value) => value <= (ulong)PeerError.TryLater ? (PeerError)value : PeerError.Aborted;

    /// <summary>A kind we do not know is treated like the worst one.</summary>
    private static NatKind ToKind(ulong value) => value <= (ulong)NatKind.Random ? (NatKind)value : NatKind.Random;

    private static bool TryReadOffer(ref CompactReader reader, out HolepunchOffer? offer)
    {
        offer = null;
        if (!reader.TryReadUInt(out var id) || !reader.TryReadArrayLength(2 * AddressCodec.Size, out var count)) return false;
        var relays = new RelayRoute[Math.Min(count, MaxRelays)];
        for (var i = 0; i < count; i++)
        {
            if (!AddressCodec.TryRead(ref reader, out var relay) || !AddressCodec.TryRead(ref reader, out var peer)) return false;
            if (i < relays.Length) relays[i] = new(relay, peer);
        }

        offer = new(id, relays);
        return true;
    }

    private static bool TrySkipIPv6(ref CompactReader reader) =>
        reader.TryReadArrayLength(18, out var count) && reader.TryReadFixed(18 * count, out _);

    private static bool TryReadStream(ref CompactReader reader, out StreamOffer? stream)
    {
        stream = null;
        if (!reader.TryReadUInt(out _) || !reader.TryReadUInt(out var features)) return false;
        if (!reader.TryReadUInt(out var id) || id > uint.MaxValue || !reader.TryReadUInt(out _)) return false;
        stream = new((uint)id, (features & 1) != 0);
        return true;
    }

    private static bool TryReadRelayThrough(ref CompactReader reader, out RelayThrough? through)
    {
        through = null;
        if (!reader.TryReadUInt(out _) || !reader.TryReadUInt(out _)) return false;
        if (!reader.TryReadFixed32(out var key) || !reader.TryReadFixed32(out var token)) return false;
        through = new(new PublicKey(key), token);
        return true;
    }

    private static void WriteOffer(ref CompactWriter writer, HolepunchOffer offer)
    {
        writer.WriteUInt(offer.Id);
        writer.WriteUInt((ulong)offer.Relays.Count);
        foreach (var route in offer.Relays)
        {
            AddressCodec.Write(ref writer, route.Relay);
            AddressCodec.Write(ref writer, route.Peer);
        }
    }

    private static void WriteStream(ref CompactWriter writer, StreamOffer stream)
    {
        writer.WriteUInt(1);
        writer.WriteUInt(stream.ReusableSocket ? 1u : 0u);
        writer.WriteUInt(stream.Id);
        writer.WriteUInt(0);
    }

    private static void WriteRelayThrough(ref CompactWriter writer, RelayThrough through)
    {
        writer.WriteUInt(1);
        writer.WriteUInt(0);
        writer.WriteFixed32(through.PublicKey.Value);
        writer.WriteFixed32(through.Token);
    }

    private ulong Flags() =>
        (Holepunch is null ? 0u : 1u) | (Addresses.Count == 0 ? 0u : 2u) | (Stream is null ? 0u : 8u) |
        (SecretStreamVersion is null ? 0u : 16u) | (RelayThrough is null ? 0u : 32u) | (RelayAddresses is null ? 0u : 64u);

    private int Size() => 4
        + (Holepunch is { } o ? CompactSize.UInt(o.Id) + CompactSize.UInt((ulong)o.Relays.Count) + (12 * o.Relays.Count) : 0)
        + (Addresses.Count > 0 ? AddressCodec.ListSize(Addresses) : 0)
        + (Stream is { } s ? 3 + CompactSize.UInt(s.Id) : 0)
        + (SecretStreamVersion is { } v ? CompactSize.UInt(v) : 0)
        + (RelayThrough is null ? 0 : 2 + (2 * Bytes32.Size))
        + (RelayAddresses is { } r ? AddressCodec.ListSize(r) : 0);
}
