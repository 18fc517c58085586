using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Dht.Records;

/// <summary>What ANNOUNCE and UNANNOUNCE carry. Source: network.md §3.2.</summary>
/// <param name="Peer">Who is to be found; null when only refreshing.</param>
/// <param name="Refresh">A hash whose preimage renews the announcement.</param>
/// <param name="Signature">The peer's signature, 64 bytes.</param>
/// <param name="Bump">A time that sorts topics; not signed.</param>
internal sealed record AnnounceMessage(PeerRecord? Peer, Bytes32? Refresh, byte[]? Signature, ulong Bump)
{
    private static readonly Bytes32 AnnounceNamespace = Namespaces.Derive("hyperswarm/dht", 4);
    private static readonly Bytes32 UnannounceNamespace = Namespaces.Derive("hyperswarm/dht", 5);

    /// <summary>Makes and signs one for the node <paramref name="nodeId"/>, which gave out <paramref name="token"/>.</summary>
    public static AnnounceMessage Sign(bool isUnannounce, in Bytes32 target, in Bytes32 nodeId, in Bytes32 token, PeerRecord peer, KeyPair keyPair)
    {
        var message = new AnnounceMessage(peer, null, new byte[Ed25519.SignatureSize], 0);
        Span<byte> signable = stackalloc byte[64];
        message.WriteSignable(signable, isUnannounce, target, nodeId, token);
        Ed25519.Sign(signable, keyPair.SecretKey, message.Signature);
        return message;
    }

    /// <summary>Whether the peer itself signed it for this target, node and token.</summary>
    public bool IsSigned(bool isUnannounce, in Bytes32 target, in Bytes32 nodeId, in Bytes32 token)
    {
        if (Peer is null || Signature is null) return false;
        Span<byte> signable = stackalloc byte[64];
        WriteSignable(signable, isUnannounce, target, nodeId, token);
        return Ed25519.Verify(signable, Signature, Peer.PublicKey);
    }

    /// <summary>Reads one; what follows is ignored.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out AnnounceMessage message)
    {
        message = null!;
        var reader = new CompactReader(bytes);
        if (!reader.TryReadUInt(out var flags)) return false;
        PeerRecord? peer = null;
        if ((flags & 1) != 0 && !PeerRecord.TryRead(ref reader, out peer)) return false;
        Bytes32? refresh = null;
        if ((flags & 2) != 0)
        {
            if (!reader.TryReadFixed32(out var hash)) return false;
            refresh = hash;
        }

        byte[]? signature = null;
        if ((flags & 4) != 0)
        {
            if (!reader.TryReadFixed(Ed25519.SignatureSize, out var signed)) return false;
            signature = signed.ToArray();
        }

        ulong bump = 0;
        if ((flags & 8) != 0 && !reader.TryReadUInt(out bump)) return false;
        message = new(peer, refresh, signature, bump);
        return true;
    }

    /// <summary>Its bytes.</summary>
    public byte[] Encode()
    {
        var bytes = new byte[1 + (Peer?.EncodedSize ?? 0) + (Refresh is null ? 0 : 32) + (Signature?.Length ?? 0) + (Bump == 0 ? 0 : CompactSize.UInt(Bump))];
        var writer = new CompactWriter(bytes);
        writer.WriteByte((byte)((Peer is null ? 0 : 1) | (Refresh is null ? 0 : 2) | (Signature is null ? 0 : 4) | (Bump == 0 ? 0 : 8)));
        Peer?.Write(ref writer);
        if (Refresh is { } refresh) writer.WriteFixed32(refresh);
        if (Signature is not null) writer.WriteFixed(Signature);
        if (Bump != 0) writer.WriteUInt(Bump);
        return bytes;
    }

    // The node and its token are inside, so a signature is of no use at another node, nor after the token's short life.
    private void WriteSignable(Span<byte> signable, bool isUnannounce, in Bytes32 target, in Bytes32 nodeId, in Bytes32 token)
    {
        (isUnannounce ? UnannounceNamespace : AnnounceNamespace).AsSpan().CopyTo(signable);
        using var hasher = new Blake2bHasher(Bytes32.Size);
        hasher.Update(target.AsSpan());
        hasher.Update(nodeId.AsSpan());
        hasher.Update(token.AsSpan());
        hasher.Update(Peer!.Encode());
        if (Refresh is { } refresh) hasher.Update(refresh.AsSpan());
        hasher.Finish32().AsSpan().CopyTo(signable[32..]);
    }
}
