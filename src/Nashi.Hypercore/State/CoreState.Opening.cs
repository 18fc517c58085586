using System.Diagnostics;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Hypercore.Manifests;
using Nashi.Hypercore.Merkle;
using Nashi.Hypercore.Seam;
using Nashi.Storage;
using Nashi.Storage.Kv;

namespace Nashi.Hypercore.State;

/// <content>Opening a core from its records.</content>
internal sealed partial class CoreState
{
    public static Core CreateInMemory(CoreOptions options)
    {
        var store = CorestoreStorage.CreateInMemory();
        if (options.KeyPair is null && options.Manifest is null) options = options with { KeyPair = KeyPair.Generate(SystemRandom.Instance) };
        return Open(store, new CoreIdentity(), options).OpenSession(options);
    }

    /// <summary>Opens a core of a store, or makes it.</summary>
    /// <exception cref="CoreKeyMismatchException">Key, manifest and key pair contradict each other.</exception>
    public static CoreState Open(CorestoreStorage store, CoreIdentity identity, CoreOptions options, Func<IReplicatedCore, ICoreReplicator>? replicator = null)
    {
        var key = identity.Key ?? (options.Manifest ?? ManifestOf(options.KeyPair)).ToKey();
        var storage = store.TryOpenCore(key.ToDiscoveryKey()) ?? Create(store, key, identity, options);
        var auth = storage.ReadAuth();
        if (auth.Key != key) throw Damaged(auth.Key, "its record holds another key");
        var keyPair = options.KeyPair ?? StoredKeyPair(auth);
        var manifest = StoredManifestOf(auth) ?? options.Manifest ?? GuessManifest(key, keyPair);
        if (manifest is not null && !manifest.Describes(key)) throw new CoreKeyMismatchException(key, $"The manifest does not hash to {key}. Leave it out, or open the core by the manifest alone.");
        var state = new CoreState(storage, options, auth, manifest is null ? null : new CoreVerifier(key, manifest), keyPair);
        state.StoreIdentity();
        if (replicator is not null) state.Replicator = replicator(state);
        return state;
    }

    private static Manifest ManifestOf(KeyPair? keyPair) => keyPair is null
        ? throw new ArgumentException("A core is opened by its key, its manifest or the key pair that signs it: give one of them.")
        : Manifest.ForKey(keyPair.PublicKey);

    private static CoreStorage Create(CorestoreStorage store, CoreKey key, CoreIdentity identity, CoreOptions options)
    {
        var manifest = options.Manifest ?? GuessManifest(key, options.KeyPair);
        return store.CreateCore(
            new CoreAuth(key, key.ToDiscoveryKey())
            {
                Manifest = manifest is null ? null : StoredManifest.Encode(manifest),
                SignerPublicKey = options.KeyPair?.PublicKey.Value.ToArray(),
                SignerSecretKey = options.KeyPair?.SecretKey.ToArray(),
            },
            identity.Alias);
    }

    // A key pair explains a key in two ways: as the hash of the usual manifest, or as the key itself.
    private static Manifest? GuessManifest(CoreKey key, KeyPair? keyPair)
    {
        if (keyPair is null) return null;
        if (keyPair.PublicKey.Value == key.Value) return Manifest.ForCompatKey(key);
        var usual = Manifest.ForKey(keyPair.PublicKey);
        if (usual.ToKey() == key) return usual;
        var version0 = Manifest.ForKey(keyPair.PublicKey, version: 0);
        return version0.ToKey() == key ? version0 : null;
    }

    private static Manifest? StoredManifestOf(CoreAuth auth)
    {
        if (auth.Manifest is null) return null;
        if (!StoredManifest.TryDecode(auth.Manifest, out var manifest)) throw Damaged(auth.Key, "its manifest cannot be read");
        return manifest.Describes(auth.Key) ? manifest : throw Damaged(auth.Key, "its manifest does not hash to its key");
    }

    private static KeyPair? StoredKeyPair(CoreAuth auth)
    {
        if (auth.SignerSecretKey is not { } secret) return null;
        try
        {
            return KeyPair.FromSecretKey(secret);
        }
        catch (Exception error) when (error is ArgumentException or System.Security.Cryptography.CryptographicException)
        {
            throw Damaged(auth.Key, "its secret key cannot be read", error);
        }
    }

    internal static StorageException Damaged(CoreKey key, string what, Exception? inner = null) =>
        new(StorageFailure.Corrupt, $"Core {key} is damaged: {what}. Restore the store from a backup, or delete the core and download it again.", inner);

    // A core may be opened first only to serve it, and later with the key pair that signs it.
    private void AdoptIdentity(CoreOptions options)
    {
        if (_keyPair is not null && _verifier is not null) return;
        lock (_gate)
        {
            _keyPair ??= options.KeyPair;
            var manifest = _verifier is null ? options.Manifest ?? GuessManifest(Key, _keyPair) : null;
            if (manifest is not null && manifest.Describes(Key)) _verifier = new CoreVerifier(Key, manifest);
            StoreIdentity();
        }
    }

    private void StoreIdentity()
    {
        var auth = _auth with
        {
            Manifest = _auth.Manifest ?? (_verifier is null ? null : StoredManifest.Encode(_verifier.Manifest)),
            SignerPublicKey = _keyPair?.PublicKey.Value.ToArray() ?? _auth.SignerPublicKey,
            SignerSecretKey = _keyPair?.SecretKey.ToArray() ?? _auth.SignerSecretKey,
        };
        var isNew = (_auth.Manifest is null) != (auth.Manifest is null) || (_auth.SignerSecretKey is null) != (auth.SignerSecretKey is null);
        if (!isNew || Storage.IsReadOnly) return;
        var batch = Storage.CreateBatch();
        batch.SetAuth(auth);
        var commit = Storage.CommitAsync(batch, Durability.Buffered);
        Debug.Assert(commit.IsCompletedSuccessfully, "Buffered commits are done when this returns, or throw.");
        _auth = auth;
    }

    private TreeTip LoadTree()
    {
        if (Storage.ReadHead() is not { Length: > 0 } head) return Storage.ReadHead() is { } empty ? new TreeTip(empty.Fork, 0, [], empty.Signature) : TreeTip.Empty;
        if (head.Length > TreeMath.MaxLength) throw Damaged(Key, "its length is impossible");
        var indexes = FlatTree.FullRoots(head.Length);
        var roots = new TreeNode[indexes.Length];
        for (var i = 0; i < roots.Length; i++)
        {
            if (!Nodes.TryGet(indexes[i], out roots[i])) throw Damaged(Key, $"tree node {indexes[i]}, a root at length {head.Length}, is missing");
        }

        var tree = new TreeTip(head.Fork, head.Length, roots, head.Signature);
        return tree.Hash == head.RootHash ? tree : throw Damaged(Key, $"its tree nodes do not hash to the head at length {head.Length}");
    }

    private void LoadBits()
    {
        var hints = Storage.ReadHints();
        (_remoteContiguousLength, _recovering) = (hints.RemoteContiguousLength, hints.Recovering);
        Storage.ReadBitfield(Bits, static (page, bits, bitfield) =>
        {
            // Pages of other sizes are filled up with zeroes.
            if (page > TreeMath.MaxLength / BitfieldPage.Bits) return;
            bitfield.Load(page, bits[..Math.Min(bits.Length, CoreStorage.PageSize)]);
        });
        // A bit beyond the end could only come from damage; it must not make a block of a later append appear.
        if (Bits.FindLast(true, TreeMath.MaxLength) is var last && last != Bitfield.None && last >= _tree.Length) Bits.SetRange(_tree.Length, last + 1, false);
        _contiguousLength = Math.Min(Bits.FindFirst(false, 0), _tree.Length);
    }
}
