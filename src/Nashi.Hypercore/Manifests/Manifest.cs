using System.Collections.Immutable;
using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Hypercore.Manifests;

/// <summary>Who may sign a core, how many of them, and what it begins with. Its hash is the core's key. Spec: data.md §2.2.</summary>
/// <remarks>Equality compares the encoded form.</remarks>
public sealed record Manifest
{
    /// <summary>The newest layout that we read.</summary>
    public const int MaxVersion = 3;

    /// <summary>More signers than this are refused: no real core comes near, and a stranger's manifest must not make us allocate.</summary>
    public const int MaxSigners = 1024;

    /// <summary>0 to 3. Default 1.</summary>
    public int Version { get; init; } = 1;

    /// <summary>Whether a signature may cover a longer tree than the one it proves.</summary>
    public bool AllowPatch { get; init; }

    /// <summary>How many signatures a tree needs; 0 means that nobody can sign.</summary>
    public int Quorum { get; init; }

    /// <summary>The keys that may sign.</summary>
    public ImmutableArray<ManifestSigner> Signers { get; init; } = [];

    /// <summary>A beginning that needs no signature.</summary>
    public ManifestPrologue? Prologue { get; init; }

    /// <summary>Keys of other cores that belong with this one; default (not empty) when absent. Versions 2 and later.</summary>
    public ImmutableArray<CoreKey> Linked { get; init; }

    /// <summary>The application's own bytes; null when absent. Versions 2 and later.</summary>
    public ReadOnlyMemory<byte>? UserData { get; init; }

    /// <summary>The manifest of a core that one key signs: version 1, quorum 1.</summary>
    public static Manifest ForKey(PublicKey publicKey, int version = 1) =>
        new() { Version = version, Quorum = 1, Signers = [ManifestSigner.From(publicKey)] };

    /// <summary>The manifest of a core from before manifests: its key is the signer's key.</summary>
    public static Manifest ForCompatKey(CoreKey key) => ForKey(new PublicKey(key.Value));

    /// <summary>Half of the signers and one more: the reference's default quorum.</summary>
    public static int DefaultQuorum(int signers) => signers == 0 ? 0 : (signers >> 1) + 1;

    /// <summary>The key of the core that this manifest describes.</summary>
    public CoreKey ToKey() => new(Blake2b.HashParts(HypercoreNamespaces.Manifest.AsSpan(), ManifestCodec.Encode(this)));

    /// <summary>Whether a core with this key and manifest is from before manifests.</summary>
    public bool IsCompatWith(CoreKey key) => Signers.Length == 1 && Signers[0].PublicKey.Value == key.Value;

    /// <summary>Whether this manifest is the one that <paramref name="key"/> stands for.</summary>
    public bool Describes(CoreKey key) => IsCompatWith(key) || ToKey() == key;

    /// <summary>Whether both say the same.</summary>
    public bool Equals(Manifest? other) => other is not null && ManifestCodec.Encode(this).AsSpan().SequenceEqual(ManifestCodec.Encode(other));

    /// <inheritdoc/>
    public override int GetHashCode() => ToKey().GetHashCode();

    /// <summary>Rejects what could never be signed or written.</summary>
    /// <exception cref="ArgumentException">A field is out of range for the version.</exception>
    internal void RequireValid()
    {
        if (Version is < 0 or > MaxVersion) throw new ArgumentException($"Manifest versions go from 0 to {MaxVersion}.");
        if (Signers.IsDefault || Signers.Length > MaxSigners) throw new ArgumentException($"A manifest has at most {MaxSigners} signers.");
        if (Quorum < 0 || Quorum > Signers.Length) throw new ArgumentException("The quorum must not be higher than the number of signers.");
        if (Version < 2 && (!Linked.IsDefault || UserData is not null)) throw new ArgumentException("Linked keys and user data need manifest version 2.");
    }
}
