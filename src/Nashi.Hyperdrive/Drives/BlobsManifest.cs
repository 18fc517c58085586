using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Hypercore.Manifests;

namespace Nashi.Hyperdrive.Drives;

/// <summary>Derives the manifest of a drive's blobs core from that of its metadata core: the same signers in namespaces of their own. Spec: data.md §6.4.</summary>
internal static class BlobsManifest
{
    private static readonly Bytes32 Blobs = Namespaces.Derive("hyperdrive", 0);

    /// <summary>Nothing when the drive is from before manifests: its header names the blobs core.</summary>
    public static Manifest? Derive(Manifest manifest, CoreKey key)
    {
        if (manifest.Version < 1 || manifest.IsCompatWith(key)) return null;
        return new Manifest
        {
            Version = manifest.Version,
            AllowPatch = manifest.AllowPatch,
            Quorum = manifest.Quorum,
            Signers = [.. manifest.Signers.Select(signer => signer with { Namespace = Blake2b.HashParts(Blobs.AsSpan(), key.Value.AsSpan(), signer.Namespace.AsSpan()) })],
        };
    }
}
