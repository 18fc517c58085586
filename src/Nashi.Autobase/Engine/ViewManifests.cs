using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Hypercore;
using Nashi.Hypercore.Manifests;

namespace Nashi.Autobase.Engine;

/// <summary>The manifests of view cores: who signs them, and what of them needs no signature. Spec: data.md §8.1.</summary>
/// <remarks>Namespaces and quorums follow from the base, the view's name and the indexers' manifests, so that every peer gives a view the same key.</remarks>
internal sealed class ViewManifests(CoreKey baseKey, ReadOnlyMemory<byte>? encryptionKey)
{
    public const string EncryptionName = "_encryption";

    private const byte IndexVersion = 1;

    private readonly Bytes32 _encryptionId = Blake2b.Hash((encryptionKey ?? default).Span);

    /// <summary>The core of a view that nobody indexes yet.</summary>
    public Manifest Genesis(string name) => new()
    {
        AllowPatch = true,
        Quorum = 0,
        Prologue = new(Blake2b.HashParts(baseKey.Value.AsSpan(), System.Text.Encoding.UTF8.GetBytes(name)), 0),
    };

    /// <summary>The core of a view under some indexers, after a beginning that is taken over.</summary>
    public Manifest Create(IReadOnlyList<Manifest> indexers, string name, ManifestPrologue? prologue)
    {
        if (indexers.Count == 0) return Genesis(name);
        var space = Namespace(indexers, name);
        return new()
        {
            AllowPatch = true,
            Quorum = Math.Min(indexers.Count, (indexers.Count >> 1) + 1),
            Signers = [.. indexers.Select(indexer => new ManifestSigner(space, indexer.Signers[0].PublicKey))],
            Prologue = prologue is { Length: > 0 } ? prologue : null,
        };
    }

    /// <summary>What marks the signers of a view's cores as that view's.</summary>
    public Bytes32 Namespace(IReadOnlyList<Manifest> indexers, string name)
    {
        byte[] parts =
        [
            .. AutobaseNamespaces.Signer.AsSpan(),
            IndexVersion,
            .. baseKey.Value.AsSpan(),
            .. _encryptionId.AsSpan(),
            .. indexers[0].Signers[0].Namespace.AsSpan(),
            .. System.Text.Encoding.UTF8.GetBytes(name),
        ];
        return Blake2b.Hash(parts);
    }

    /// <summary>Options to open the core of a view by its name, with its blocks as they were before encryption; null for any core, as it is.</summary>
    public CoreOptions Encrypted(CoreOptions options, string? name) =>
        name is null || name == EncryptionName || encryptionKey is not { } secret ? options : options with { EncryptionKey = BlockKey(baseKey, secret.Span, name).ToArray(), IsBlockKey = true };

    /// <summary>The key that a view's blocks are encrypted with.</summary>
    public static Bytes32 BlockKey(CoreKey baseKey, ReadOnlySpan<byte> encryptionKey, string name)
    {
        byte[] parts = [.. AutobaseNamespaces.ViewBlockKey.AsSpan(), .. baseKey.Value.AsSpan(), .. encryptionKey, .. System.Text.Encoding.UTF8.GetBytes(name)];
        return Blake2b.Hash(parts);
    }
}
