using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Dht.Records;

/// <summary>A value signed by the key it is stored under. Source: network.md §3.2.</summary>
/// <param name="Sequence">Higher is later.</param>
/// <param name="Value">The value.</param>
/// <param name="Signature">64 bytes.</param>
internal sealed record MutableValue(ulong Sequence, byte[] Value, byte[] Signature)
{
    private static readonly Bytes32 Namespace = Namespaces.Derive("hyperswarm/dht", 6);

    /// <summary>Signs a value.</summary>
    public static MutableValue Sign(ulong sequence, ReadOnlySpan<byte> value, KeyPair keyPair)
    {
        var signed = new MutableValue(sequence, value.ToArray(), new byte[Ed25519.SignatureSize]);
        Span<byte> signable = stackalloc byte[64];
        signed.WriteSignable(signable);
        Ed25519.Sign(signable, keyPair.SecretKey, signed.Signature);
        return signed;
    }

    /// <summary>Whether <paramref name="key"/> signed it.</summary>
    public bool IsSignedBy(in PublicKey key)
    {
        Span<byte> signable = stackalloc byte[64];
        WriteSignable(signable);
        return Ed25519.Verify(signable, Signature, key);
    }

    /// <summary>Reads the answer of MUTABLE_GET.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out MutableValue value)
    {
        var reader = new CompactReader(bytes);
        return TryRead(ref reader, out value);
    }

    /// <summary>Reads what MUTABLE_PUT carries.</summary>
    public static bool TryDecodePut(ReadOnlySpan<byte> bytes, out PublicKey key, out MutableValue value)
    {
        var reader = new CompactReader(bytes);
        (key, value) = (default, null!);
        if (!reader.TryReadFixed32(out var bytes32)) return false;
        key = new PublicKey(bytes32);
        return TryRead(ref reader, out value);
    }

    /// <summary>The bytes of the answer.</summary>
    public byte[] Encode()
    {
        var bytes = new byte[Size];
        var writer = new CompactWriter(bytes);
        Write(ref writer);
        return bytes;
    }

    /// <summary>The bytes of MUTABLE_PUT.</summary>
    public byte[] EncodePut(in PublicKey key)
    {
        var bytes = new byte[Bytes32.Size + Size];
        var writer = new CompactWriter(bytes);
        writer.WriteFixed32(key.Value);
        Write(ref writer);
        return bytes;
    }

    private int Size => CompactSize.UInt(Sequence) + CompactSize.Buffer(Value.Length) + Ed25519.SignatureSize;

    private static bool TryRead(ref CompactReader reader, out MutableValue value)
    {
        value = null!;
        if (!reader.TryReadUInt(out var sequence) || !reader.TryReadBuffer(out var bytes)) return false;
        if (!reader.TryReadFixed(Ed25519.SignatureSize, out var signature)) return false;
        value = new(sequence, bytes.ToArray(), signature.ToArray());
        return true;
    }

    private void Write(ref CompactWriter writer)
    {
        writer.WriteUInt(Sequence);
        writer.WriteBuffer(Value);
        writer.WriteFixed(Signature);
    }

    private void WriteSignable(Span<byte> signable)
    {
        Namespace.AsSpan().CopyTo(signable);
        var signed = new byte[CompactSize.UInt(Sequence) + CompactSize.Buffer(Value.Length)];
        var writer = new CompactWriter(signed);
        writer.WriteUInt(Sequence);
        writer.WriteBuffer(Value);
        Blake2b.Hash(signed).AsSpan().CopyTo(signable[32..]);
    }
}
