using System.Security.Cryptography;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Protomux;
using Nashi.SecretStream;
using Nashi.Storage;

namespace Nashi.Hypercore;

/// <summary>Many cores in one folder, whose keys all follow from one primary key.</summary>
/// <remarks>
/// A core is found by its key, or by a name inside a namespace. Sessions of one core share its state; it closes with the last. A namespace shares everything with
/// its root and closes nothing. Thread-safe. Source: data.md §5.
/// </remarks>
public sealed class Corestore : IAsyncDisposable
{
    private static readonly Bytes32 KeyPairSpace = Namespaces.Derive("corestore", 0);

    private readonly StoreCores _cores;
    private readonly Bytes32 _namespace;
    private readonly bool _isRoot;

    private Corestore(StoreCores cores, Bytes32 space, bool isRoot)
    {
        _cores = cores;
        _namespace = space;
        _isRoot = isRoot;
    }

    /// <summary>The records below.</summary>
    public CorestoreStorage Storage => _cores.Storage;

    /// <summary>Opens a store, or makes it.</summary>
    /// <exception cref="StorageException">The folder cannot be opened: the message says why, and what to do.</exception>
    public static async ValueTask<Corestore> OpenAsync(string folder, CorestoreOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= CorestoreOptions.Default;
        var storage = await CorestoreStorage.OpenAsync(folder, options.Storage, cancellationToken).ConfigureAwait(false);
        try
        {
            return await FromAsync(storage, options).ConfigureAwait(false);
        }
        catch
        {
            await storage.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Makes a store that is gone when the process ends.</summary>
    public static Corestore CreateInMemory(CorestoreOptions? options = null)
    {
        options ??= CorestoreOptions.Default;
        return new Corestore(new StoreCores(CorestoreStorage.CreateInMemory(), options.PrimaryKey ?? NewPrimaryKey(options.Random), options), default, isRoot: true);
    }

    /// <summary>The same store with names of its own.</summary>
    public Corestore Namespace(string name) => Namespace(System.Text.Encoding.UTF8.GetBytes(name));

    /// <summary>The same store with names of its own.</summary>
    public Corestore Namespace(ReadOnlySpan<byte> name) => new(_cores, Blake2b.HashParts(_namespace.AsSpan(), name), isRoot: false);

    /// <summary>Opens the core of a name in this namespace, or makes it; it can be appended to.</summary>
    public ValueTask<Core> GetAsync(string name, CoreOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        options ??= CoreOptions.Default;
        var alias = new CoreAlias(name, _namespace);
        // What is stored under the name counts, not what the name would give today.
        if (Storage.FindAlias(alias) is { } known) return OpenNamedAsync(name, known, options, cancellationToken);
        var keyPair = options.KeyPair ?? CreateKeyPair(name);
        var manifest = options.Manifest ?? Manifests.Manifest.ForKey(keyPair.PublicKey);
        return _cores.OpenAsync(manifest.ToKey(), alias, options with { KeyPair = keyPair, Manifest = manifest }, cancellationToken);
    }

    /// <summary>Opens a core by its key. It can be appended to when the store holds its secret key, or the options give it.</summary>
    public ValueTask<Core> GetAsync(CoreKey key, CoreOptions? options = null, CancellationToken cancellationToken = default) =>
        _cores.OpenAsync(key, null, options ?? CoreOptions.Default, cancellationToken);

    /// <summary>Opens a core by its manifest or key pair, as the options give them.</summary>
    /// <exception cref="ArgumentException">They give neither.</exception>
    public ValueTask<Core> GetAsync(CoreOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var manifest = options.Manifest
            ?? (options.KeyPair is { } pair ? Manifests.Manifest.ForKey(pair.PublicKey) : throw new ArgumentException("Give a manifest or a key pair.", nameof(options)));
        return _cores.OpenAsync(manifest.ToKey(), null, options with { Manifest = manifest }, cancellationToken);
    }

    /// <summary>Opens a core that is in the store by its discovery key; null when it is not.</summary>
    public async ValueTask<Core?> TryGetAsync(DiscoveryKey discoveryKey, CoreOptions? options = null, CancellationToken cancellationToken = default) =>
        Storage.HasCore(discoveryKey)
            ? await _cores.OpenAsync(KeyOf(discoveryKey), null, options ?? CoreOptions.Default, cancellationToken).ConfigureAwait(false)
            : null;

    /// <summary>The key pair of a name in this namespace: always the same in one store. Dispose it to wipe it.</summary>
    public KeyPair CreateKeyPair(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (_cores.PrimaryKey.IsEmpty) throw new StorageException(StorageFailure.ReadOnly, $"The store {Storage.Folder} has no primary key yet and was opened read-only: open it for writing once.");
        using var hasher = new Blake2bHasher(Bytes32.Size, _cores.PrimaryKey);
        hasher.Update(KeyPairSpace.AsSpan());
        hasher.Update(_namespace.AsSpan());
        hasher.Update(System.Text.Encoding.UTF8.GetBytes(name));
        Span<byte> seed = stackalloc byte[Bytes32.Size];
        hasher.Finish(seed);
        var pair = KeyPair.FromSeed(seed);
        CryptographicOperations.ZeroMemory(seed);
        return pair;
    }

    /// <summary>The discovery keys of all cores in the store.</summary>
    public IReadOnlyList<DiscoveryKey> List() => Storage.ListCores();

    /// <summary>All cores in the store, and what they are. Reads a few records of each.</summary>
    /// <param name="measure">Also measures how much each takes on the disk; reads all their records.</param>
    public IEnumerable<CoreSummary> ListDetails(bool measure = false)
    {
        var aliases = Storage.ListAliases().ToLookup(entry => entry.Value, entry => entry.Key);
        foreach (var discoveryKey in Storage.ListCores())
        {
            if (Storage.TryOpenCore(discoveryKey) is not { } core) continue;
            var (auth, head, hints) = (core.ReadAuth(), core.ReadHead(), core.ReadHints());
            yield return new CoreSummary(
                auth.Key, discoveryKey, [.. aliases[discoveryKey]], head?.Length ?? 0, head?.Fork ?? 0, hints.ContiguousLength, auth.SignerSecretKey is not null,
                measure ? Storage.MeasureCore(discoveryKey) : null);
        }
    }

    /// <summary>Closes a core for everybody, removes it and its names from the store, and gives its space back to the disk. False when it is not stored.</summary>
    public ValueTask<bool> PurgeAsync(CoreKey key) => _cores.PurgeAsync(key.ToDiscoveryKey());

    /// <summary>Compares all that is stored of a core with its signed tree, and repairs what can be repaired without peers; null when it is open, or not stored. Slow.</summary>
    /// <param name="key">Which core.</param>
    /// <param name="repair">
    /// Also makes a tree that lost nodes anew from the blocks, removes blocks that are not what was signed (a peer has to bring them again), and notes those that
    /// are there and were not noted.
    /// </param>
    /// <param name="cancellationToken">Ends it; nothing is half done.</param>
    public ValueTask<CoreCheck?> CheckAsync(CoreKey key, bool repair = false, CancellationToken cancellationToken = default) =>
        _cores.TryCheckAsync(key.ToDiscoveryKey(), repair, cancellationToken);

    /// <summary>Removes the cores that nobody uses, and gives their space back to the disk; returns what was removed. Slow.</summary>
    /// <param name="isUsed">Asked for each core that is neither open nor named nor written here: those always stay. True keeps it.</param>
    /// <param name="cancellationToken">Ends it between two cores.</param>
    public async Task<IReadOnlyList<CoreSummary>> CollectAsync(Func<CoreSummary, bool> isUsed, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(isUsed);
        var removed = new List<CoreSummary>();
        foreach (var core in await Task.Run(() => ListDetails().ToArray(), cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (core.HasSecretKey || core.Names.Length > 0 || isUsed(core)) continue;
            if (await _cores.TryRemoveAsync(core.DiscoveryKey).ConfigureAwait(false)) removed.Add(core);
        }

        if (removed.Count > 0) await CompactAsync(cancellationToken).ConfigureAwait(false);
        return removed;
    }

    /// <summary>Gives the space of all that was removed back to the disk now. Slow.</summary>
    public Task CompactAsync(CancellationToken cancellationToken = default) => Task.Run(Storage.Compact, cancellationToken);

    /// <summary>Makes a backup of the store as it is now, in a folder that must not exist, while it is in use: see <see cref="CorestoreStorage.BackupAsync"/>.</summary>
    public ValueTask BackupAsync(string folder, CancellationToken cancellationToken = default) => Storage.BackupAsync(folder, cancellationToken);

    /// <summary>Closes the store's files and lock, as a mobile system asks of an application that it freezes; cores stay open but fail until <see cref="ResumeAsync"/>.</summary>
    public ValueTask SuspendAsync() => Storage.SuspendAsync();

    /// <summary>Opens the files again.</summary>
    public ValueTask ResumeAsync() => Storage.ResumeAsync();

    /// <summary>Replicates over a connection: the cores that are open, and those in the store that the remote opens. Owns the stream.</summary>
    public StoreReplication Replicate(IMessageStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var mux = new Mux(stream, null, _cores.Options.Logger);
        var replication = _cores.Replicate(mux, ownsMux: true);
        mux.Start();
        return replication;
    }

    /// <summary>Replicates over a connection that other protocols share. Call before <see cref="Mux.Start"/>.</summary>
    public StoreReplication Replicate(Mux mux) => _cores.Replicate(mux, ownsMux: false);

    /// <summary>Closes all connections, cores and the folder, when this is the root.</summary>
    public ValueTask DisposeAsync() => _isRoot ? _cores.DisposeAsync() : default;

    private static async ValueTask<Corestore> FromAsync(CorestoreStorage storage, CorestoreOptions options)
    {
        var key = storage.PrimaryKey;
        if (key is null && !storage.IsReadOnly) key = await storage.InitializePrimaryKeyAsync(options.PrimaryKey ?? NewPrimaryKey(options.Random)).ConfigureAwait(false);
        if (options.PrimaryKey is { } wanted && key != wanted) throw new StorageException(StorageFailure.Conflict, $"The store {storage.Folder} has another primary key than the one given.");
        return new Corestore(new StoreCores(storage, key, options), default, isRoot: true);
    }

    private static Bytes32 NewPrimaryKey(IRandom random)
    {
        Span<byte> bytes = stackalloc byte[Bytes32.Size];
        random.Fill(bytes);
        return new Bytes32(bytes);
    }

    // A core that was first met by its key has no secret stored: the name gives it.
    private ValueTask<Core> OpenNamedAsync(string name, DiscoveryKey known, CoreOptions options, CancellationToken cancellationToken)
    {
        var auth = Storage.TryOpenCore(known)?.ReadAuth()
            ?? throw new StorageException(StorageFailure.Corrupt, $"The store {Storage.Folder} is damaged: the core named '{name}' is missing.");
        if (options.KeyPair is not null || auth.SignerSecretKey is not null) return _cores.OpenAsync(auth.Key, null, options, cancellationToken);
        var keyPair = CreateKeyPair(name);
        var manifest = Manifests.Manifest.ForKey(keyPair.PublicKey);
        return _cores.OpenAsync(auth.Key, null, manifest.ToKey() == auth.Key ? options with { KeyPair = keyPair, Manifest = manifest } : options, cancellationToken);
    }

    private CoreKey KeyOf(DiscoveryKey discoveryKey) => Storage.TryOpenCore(discoveryKey)!.ReadAuth().Key;
}
