using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.BlindPeer;

/// <summary>A blind peer's signed word that it held blocks of a core at a time. An addition of ours: see docs/blind-peer.md.</summary>
public sealed record BlindReceipt
{
    private static readonly Bytes32 Space = Namespaces.Derive("nashi/blind-peer", 0);

    /// <summary>The blind peer, whose key signed.</summary>
    public required PublicKey Peer { get; init; }

    /// <summary>Who asked.</summary>
    public required PublicKey Client { get; init; }

    /// <summary>Which core.</summary>
    public required CoreKey Core { get; init; }

    /// <summary>On which fork.</summary>
    public required ulong Fork { get; init; }

    /// <summary>The first block that it keeps: it gave up those before.</summary>
    public required ulong From { get; init; }

    /// <summary>It holds all blocks from <see cref="From"/> up to this one.</summary>
    public required ulong Length { get; init; }

    /// <summary>When, by its clock, in milliseconds since 1970.</summary>
    public required ulong Time { get; init; }

    /// <summary>Its signature.</summary>
    public required ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>Whether the signature is the blind peer's.</summary>
    public bool IsSigned => Ed25519.Verify(ToSignable(), Signature.Span, Peer);

    /// <summary>Whether it says that a block is held.</summary>
    public bool Covers(ulong block) => block >= From && block < Length;

    internal byte[] ToSignable()
    {
        var bytes = new byte[(4 * Bytes32.Size) + (4 * sizeof(ulong))];
        var writer = new CompactWriter(bytes);
        foreach (var id in (ReadOnlySpan<Bytes32>)[Space, Peer.Value, Client.Value, Core.Value]) writer.WriteFixed32(id);
        foreach (var number in (ReadOnlySpan<ulong>)[Fork, From, Length, Time]) writer.WriteUInt64(number);
        return bytes;
    }

    internal BlindReceipt SignedBy(KeyPair keyPair)
    {
        var signature = new byte[Ed25519.SignatureSize];
        keyPair.Sign(ToSignable(), signature);
        return this with { Signature = signature };
    }
}
