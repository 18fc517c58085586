using Nashi.Encoding;
using Nashi.Storage.Records;

namespace Nashi.Storage;

/// <summary>Who a core is and who may write it. Spec: data.md §4.4.</summary>
/// <param name="Key">The core's key.</param>
/// <param name="DiscoveryKey">The name under which peers find it.</param>
public sealed record CoreAuth(CoreKey Key, DiscoveryKey DiscoveryKey) : IStoredRecord<CoreAuth>
{
    /// <summary>The longest manifest, key or other part read back from a store, in bytes.</summary>
    public const int MaxPartSize = 1 << 20;

    private const ulong HasManifest = 1;
    private const ulong HasKeyPair = 2;
    private const ulong HasEncryptionKey = 4;

    /// <summary>The manifest in wire form; null while it is not known.</summary>
    public byte[]? Manifest { get; init; }

    /// <summary>The public half of the key pair that signs; null without one.</summary>
    public byte[]? SignerPublicKey { get; init; }

    /// <summary>The secret half; null when this store may not sign.</summary>
    public byte[]? SignerSecretKey { get; init; }

    /// <summary>What the blocks are encrypted with; null when that is not kept here.</summary>
    public byte[]? EncryptionKey { get; init; }

    int IStoredRecord<CoreAuth>.Size => (2 * Bytes32.Size) + 1
        + (Manifest is null ? 0 : CompactSize.Buffer(Manifest.Length))
        + (SignerPublicKey is null ? 0 : CompactSize.Buffer(SignerPublicKey.Length) + CompactSize.Buffer(SignerSecretKey?.Length ?? 0))
        + (EncryptionKey is null ? 0 : CompactSize.Buffer(EncryptionKey.Length));

    /// <summary>The keys, without secrets.</summary>
    public override string ToString() => $"core {Key} ({(SignerSecretKey is null ? "read" : "write")})";

    static bool IStoredRecord<CoreAuth>.TryRead(ref CompactReader reader, out CoreAuth value)
    {
        value = null!;
        if (!reader.TryReadFixed32(out var key) || !reader.TryReadFixed32(out var discoveryKey) || !reader.TryReadUInt(out var flags)) return false;
        byte[]? manifest = null, publicKey = null, secretKey = null, encryptionKey = null;
        if ((flags & HasManifest) != 0 && !TryReadPart(ref reader, out manifest)) return false;
        if ((flags & HasKeyPair) != 0 && !(TryReadPart(ref reader, out publicKey) && TryReadPart(ref reader, out secretKey))) return false;
        if ((flags & HasEncryptionKey) != 0 && !TryReadPart(ref reader, out encryptionKey)) return false;
        value = new CoreAuth(new CoreKey(key), new DiscoveryKey(discoveryKey))
        {
            Manifest = manifest,
            SignerPublicKey = publicKey,
            SignerSecretKey = secretKey is { Length: 0 } ? null : secretKey,
            EncryptionKey = encryptionKey,
        };
        return true;
    }

    void IStoredRecord<CoreAuth>.Write(ref CompactWriter writer)
    {
        writer.WriteFixed32(Key.Value);
        writer.WriteFixed32(DiscoveryKey.Value);
        writer.WriteUInt((Manifest is null ? 0 : HasManifest) | (SignerPublicKey is null ? 0 : HasKeyPair) | (EncryptionKey is null ? 0 : HasEncryptionKey));
        if (Manifest is not null) writer.WriteBuffer(Manifest);
        if (SignerPublicKey is not null)
        {
            writer.WriteBuffer(SignerPublicKey);
            writer.WriteBuffer(SignerSecretKey);
        }

        if (EncryptionKey is not null) writer.WriteBuffer(EncryptionKey);
    }

    private static bool TryReadPart(ref CompactReader reader, out byte[]? part)
    {
        var ok = reader.TryReadBuffer(MaxPartSize, out var bytes);
        part = ok ? bytes.ToArray() : null;
        return ok;
    }
}
