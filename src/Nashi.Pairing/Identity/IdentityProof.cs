using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Pairing;

/// <summary>Proof that a device speaks for an identity, and, where it carries a signature, that it said something. Source: data.md §10.4.</summary>
/// <remarks>Thread-safe: immutable. Valid or not is told by <see cref="TryVerify"/> alone.</remarks>
public sealed record IdentityProof
{
    private const ulong CurrentVersion = 1;
    private const ulong HasData = 1;
    private const int LinkSize = Bytes32.Size + Ed25519.SignatureSize;

    /// <summary>How long a chain may be; honest ones have one link for each hand a device went through.</summary>
    public const int MaxChain = 64;

    /// <summary>When the chain began, in whole seconds.</summary>
    public required DateTimeOffset Epoch { get; init; }

    /// <summary>Whose identity.</summary>
    public required PublicKey Identity { get; init; }

    /// <summary>The devices, each vouched for by the one before.</summary>
    public IReadOnlyList<DeviceAttestation> Chain { get; init; } = [];

    /// <summary>The last device's signature of some data, 64 bytes; null for none.</summary>
    public ReadOnlyMemory<byte>? DataSignature { get; init; }

    private PublicKey Last => Chain.Count > 0 ? Chain[^1].Device : Identity;

    /// <summary>Parses a stranger's bytes. Proofs of version 0 prove nothing and are not read.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out IdentityProof? proof)
    {
        proof = null;
        var reader = new CompactReader(bytes);
        if (!reader.TryReadUInt(out var version) || version != CurrentVersion) return false;
        if (!reader.TryReadUInt64(out var epoch) || epoch > (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds()) return false;
        if (!reader.TryReadFixed32(out var identity) || !reader.TryReadArrayLength(LinkSize, out var count) || count > MaxChain) return false;
        var chain = new DeviceAttestation[count];
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryReadFixed32(out var device) || !reader.TryReadFixed(Ed25519.SignatureSize, out var signature)) return false;
            chain[i] = new DeviceAttestation(new PublicKey(device), signature.ToArray());
        }

        ReadOnlySpan<byte> data = default;
        if (!reader.TryReadUInt(out var flags)) return false;
        if ((flags & HasData) != 0 && !reader.TryReadFixed(Ed25519.SignatureSize, out data)) return false;
        proof = new IdentityProof
        {
            Epoch = DateTimeOffset.FromUnixTimeSeconds((long)epoch),
            Identity = new PublicKey(identity),
            Chain = chain,
            DataSignature = (flags & HasData) != 0 ? data.ToArray() : null,
        };
        return true;
    }

    /// <summary>The bytes to show.</summary>
    public byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>(64 + (Chain.Count * LinkSize) + Ed25519.SignatureSize);
        var writer = new CompactWriter(buffer);
        writer.WriteUInt(CurrentVersion);
        writer.WriteUInt64((ulong)Epoch.ToUnixTimeSeconds());
        writer.WriteFixed32(Identity.Value);
        writer.WriteUInt((ulong)Chain.Count);
        foreach (var link in Chain)
        {
            writer.WriteFixed32(link.Device.Value);
            writer.WriteFixed(link.Signature.Span);
        }

        writer.WriteUInt(DataSignature is null ? 0 : HasData);
        if (DataSignature is { } signature) writer.WriteFixed(signature.Span);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Adds a device: the last one of the chain vouches for it.</summary>
    /// <param name="device">The new device's public key.</param>
    /// <param name="by">The pair of the last device, or of the identity when the chain is empty.</param>
    /// <exception cref="ArgumentException">The pair is not the chain's last, or the chain is as long as it may be.</exception>
    public IdentityProof Attest(PublicKey device, KeyPair by)
    {
        RequireLast(by);
        if (Chain.Count >= MaxChain) throw new ArgumentException($"A chain has at most {MaxChain} devices.", nameof(device));
        return this with { Chain = [.. Chain, new DeviceAttestation(device, Sign(Attestation.Device, device.Value, by))], DataSignature = null };
    }

    /// <summary>Signs data in the identity's name.</summary>
    /// <param name="data">The data; only its hash is signed.</param>
    /// <param name="by">The pair of the last device, or of the identity when the chain is empty.</param>
    /// <exception cref="ArgumentException">The pair is not the chain's last.</exception>
    public IdentityProof AttestData(ReadOnlySpan<byte> data, KeyPair by)
    {
        RequireLast(by);
        return this with { DataSignature = Sign(Attestation.Data, Blake2b.Hash(data), by) };
    }

    /// <summary>Verifies the chain.</summary>
    /// <returns>False when a signature is wrong or a requirement is not met.</returns>
    public bool TryVerify(ProofRequirements requirements, [NotNullWhen(true)] out VerifiedProof? verified)
    {
        ArgumentNullException.ThrowIfNull(requirements);
        verified = Meets(requirements) && IsChainValid() ? new VerifiedProof(Identity, Last, Epoch) : null;
        return verified is not null;
    }

    /// <summary>Verifies the chain and that its last device signed <paramref name="data"/>.</summary>
    /// <returns>False when a signature is wrong or missing, or a requirement is not met.</returns>
    public bool TryVerifyData(ReadOnlySpan<byte> data, ProofRequirements requirements, [NotNullWhen(true)] out VerifiedProof? verified)
    {
        verified = null;
        if (DataSignature is not { } signature) return false;
        if (!Ed25519.Verify(Signable(Attestation.Data, Blake2b.Hash(data)), signature.Span, Last)) return false;
        return TryVerify(requirements, out verified);
    }

    private bool Meets(ProofRequirements requirements) =>
        (requirements.Identity is not { } identity || identity == Identity)
        && (requirements.Device is not { } device || device == Last)
        && (requirements.NotBefore is not { } epoch || Epoch.ToUnixTimeSeconds() >= epoch.ToUnixTimeSeconds());

    private bool IsChainValid()
    {
        if (Chain.Count > MaxChain) return false;
        var parent = Identity;
        foreach (var link in Chain)
        {
            if (!Ed25519.Verify(Signable(Attestation.Device, link.Device.Value), link.Signature.Span, parent)) return false;
            parent = link.Device;
        }

        return true;
    }

    private void RequireLast(KeyPair by)
    {
        ArgumentNullException.ThrowIfNull(by);
        if (by.PublicKey != Last) throw new ArgumentException("Only the last device of the chain may add to it.", nameof(by));
    }

    private byte[] Sign(Attestation what, in Bytes32 subject, KeyPair by)
    {
        var signature = new byte[Ed25519.SignatureSize];
        by.Sign(Signable(what, subject), signature);
        return signature;
    }

    private byte[] Signable(Attestation what, in Bytes32 subject)
    {
        var bytes = new byte[1 + sizeof(ulong) + (2 * Bytes32.Size)];
        var writer = new CompactWriter(bytes);
        writer.WriteByte((byte)what);
        writer.WriteUInt64((ulong)Epoch.ToUnixTimeSeconds());
        writer.WriteFixed32(Identity.Value);
        writer.WriteFixed32(subject);
        return bytes;
    }

    private enum Attestation : byte
    {
        Device = 0,
        Data = 1,
    }
}
