using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Hypercore.Merkle;

namespace Nashi.Hypercore.Manifests;

/// <summary>Signs trees of one core and judges signatures of them. Immutable. Spec: data.md §2.4.</summary>
internal sealed class CoreVerifier
{
    public CoreVerifier(CoreKey key, Manifest manifest) => (Key, Manifest, IsCompat) = (key, manifest, manifest.IsCompatWith(key));

    public CoreKey Key { get; }

    public Manifest Manifest { get; }

    public bool IsCompat { get; }

    /// <summary>Cores of version 0 and from before manifests sign with bare signatures in an older layout.</summary>
    private bool IsVersion0 => IsCompat || Manifest.Version == 0;

    private bool IsBare => IsVersion0 && Manifest.Signers.Length == 1 && !Manifest.AllowPatch;

    /// <summary>Whether this key pair alone can sign.</summary>
    public bool CanSign(KeyPair keyPair) => Manifest.Quorum == 1 && SignerOf(keyPair.PublicKey) >= 0;

    /// <summary>Signs a tree.</summary>
    public byte[] Sign(in Bytes32 treeHash, ulong length, ulong fork, KeyPair keyPair)
    {
        if (BeginsWithPrologue(treeHash, length) == true) return [];
        var signer = SignerOf(keyPair.PublicKey);
        Span<byte> signature = stackalloc byte[Ed25519.SignatureSize];
        Span<byte> signable = stackalloc byte[Signable.Size];
        keyPair.Sign(signable[..WriteSignable(signable, signer, treeHash, length, fork)], signature);
        return IsBare ? signature.ToArray() : Multisig.EncodeSingle(signer, signature, IsVersion0);
    }

    /// <summary>Whether a signature vouches for a tree.</summary>
    public bool Verify(MerkleBatch tree, ReadOnlySpan<byte> signature)
    {
        var hash = tree.Hash();
        if (!IsVersion0 && BeginsWithPrologue(hash, tree.Length) is { } matches) return matches;
        if (!IsBare) return VerifyMany(tree, hash, signature);
        return signature.Length == Ed25519.SignatureSize && VerifyOne(0, hash, tree.Length, tree.Fork, signature);
    }

    private bool VerifyMany(MerkleBatch tree, in Bytes32 hash, ReadOnlySpan<byte> signature)
    {
        // With no quorum nobody could have signed.
        if (Manifest.Quorum == 0) return false;
        var parsed = IsVersion0 ? Multisig.TryReadVersion0(signature, out var multisig) : Multisig.TryRead(signature, out multisig);
        if (!parsed || multisig.Entries.Count < Manifest.Quorum) return false;
        var seen = new bool[Manifest.Signers.Length];
        for (var i = 0; i < Manifest.Quorum; i++)
        {
            var entry = multisig.Entries[i];
            if (entry.Signer >= (ulong)seen.Length || seen[(int)entry.Signer]) return false;
            seen[(int)entry.Signer] = true;
            if (!VerifyEntry(tree, hash, multisig, entry)) return false;
        }

        return true;
    }

    private bool VerifyEntry(MerkleBatch tree, in Bytes32 hash, Multisig multisig, in MultisigEntry entry)
    {
        var signer = (int)entry.Signer;
        if (entry.Patch == 0 || !Manifest.AllowPatch) return VerifyOne(signer, hash, tree.Length, tree.Fork, entry.Signature.Span);
        if (!multisig.TryExtend(tree, entry.Patch, out var longer)) return false;
        return VerifyOne(signer, longer.Hash(), longer.Length, longer.Fork, entry.Signature.Span);
    }

    private bool VerifyOne(int signer, in Bytes32 hash, ulong length, ulong fork, ReadOnlySpan<byte> signature)
    {
        Span<byte> signable = stackalloc byte[Signable.Size];
        var size = WriteSignable(signable, signer, hash, length, fork);
        return Ed25519.Verify(signable[..size], signature, Manifest.Signers[signer].PublicKey);
    }

    // Null when a signature must tell.
    private bool? BeginsWithPrologue(in Bytes32 hash, ulong length)
    {
        if (Manifest.Prologue is not { } prologue || IsVersion0 || length > prologue.Length) return null;
        return length == prologue.Length && hash == prologue.Hash;
    }

    private int WriteSignable(Span<byte> output, int signer, in Bytes32 hash, ulong length, ulong fork)
    {
        if (IsCompat)
        {
            Signable.WriteCompat(output, hash, length, fork);
            return Signable.CompatSize;
        }

        Signable.Write(output, Manifest.Version == 0 ? Manifest.Signers[signer].Namespace : Key.Value, hash, length, fork);
        return Signable.Size;
    }

    private int SignerOf(PublicKey publicKey)
    {
        for (var i = 0; i < Manifest.Signers.Length; i++)
        {
            if (Manifest.Signers[i].PublicKey == publicKey) return i;
        }

        return -1;
    }
}
