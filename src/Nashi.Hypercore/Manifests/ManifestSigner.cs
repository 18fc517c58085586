using Nashi.Encoding;

namespace Nashi.Hypercore.Manifests;

/// <summary>One key that may sign a core (always Ed25519).</summary>
/// <param name="Namespace">What version 0 mixes into the signable; later versions carry it without using it.</param>
/// <param name="PublicKey">The key.</param>
public readonly record struct ManifestSigner(Bytes32 Namespace, PublicKey PublicKey)
{
    /// <summary>A signer in the default namespace.</summary>
    public static ManifestSigner From(PublicKey publicKey) => new(HypercoreNamespaces.DefaultSigner, publicKey);
}
