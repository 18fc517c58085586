using System.Diagnostics.CodeAnalysis;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Hypercore.Encryption;
using Nashi.Hypercore.Manifests;
using Nashi.Hypercore.Merkle;
using Nashi.Hypercore.Seam;
using Nashi.Storage;

namespace Nashi.Hypercore.State;

/// <summary>One core, shared by its sessions and its replicator; lives from the first session to the last.</summary>
/// <remarks>
/// Readers take no lock: the tree is an immutable object that is replaced, bits are read word by word. All changes happen on the <see cref="Lane"/>, which
/// stores first and shows afterwards. Invariant: what can be read here is stored, and what peers may see of our own appends is as durable as asked.
/// </remarks>
internal sealed partial class CoreState : IReplicatedCore, ISessionState
{
    private readonly Lock _gate = new();
    private readonly List<Core> _sessions = [];
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CoreOptions _options;
    private readonly Lane _lane;
    private volatile TreeTip _tree;
    private volatile CoreVerifier? _verifier;
    private Core[] _sessionsNow = [];
    private CoreAuth _auth;
    private KeyPair? _keyPair;
    private ulong _contiguousLength;
    private ulong _remoteContiguousLength;
    private ulong _recovering;
    private volatile bool _isFrozen;
    private CoreConflict? _conflict;
    private volatile bool _isClosed;

    private CoreState(CoreStorage storage, CoreOptions options, CoreAuth auth, CoreVerifier? verifier, KeyPair? keyPair)
    {
        (Storage, _options, _auth, _verifier, _keyPair) = (storage, options, auth, verifier, keyPair);
        Nodes = new NodeStore(storage);
        _lane = new Lane(RunRoundAsync);
        _tree = LoadTree();
        LoadBits();
        LoadConflict();
    }

    public CoreStorage Storage { get; }

    public ICoreReplicator? Replicator { get; private set; }

    public TimeProvider Clock => _options.Clock;

    public CoreKey Key => _auth.Key;

    public DiscoveryKey DiscoveryKey => _auth.DiscoveryKey;

    public TreeTip Tree => _tree;

    public CoreTip Tip => _tree.ToCoreTip();

    public Bytes32 TreeHash => _tree.Hash;

    public ulong ContiguousLength => Volatile.Read(ref _contiguousLength);

    public Manifest? Manifest => _verifier?.Manifest;

    public bool IsWritable => _keyPair is not null && !Storage.IsReadOnly && _verifier is { } verifier && verifier.CanSign(_keyPair);

    public bool IsFrozen => _isFrozen;

    public bool IsClosed => _isClosed;

    /// <summary>Whether the store lost its log: appends wait until the length is confirmed.</summary>
    public bool IsRecovering => Volatile.Read(ref _recovering) != 0;

    /// <summary>Completes when the last session ended: its owner may then forget it.</summary>
    public Task Closed => _closed.Task;

    public Bitfield Bits { get; } = new();

    public NodeStore Nodes { get; }

    string? ISessionState.Name => null;

    INodeSource ISessionState.Nodes => Nodes;

    ulong ISessionState.SharedLength => _tree.Length;

    // A core that is only read never needs one.
    private WriteRound Round => field ??= new WriteRound(this, Storage.CreateBatch());

    /// <summary>How many sessions are open.</summary>
    public int SessionCount
    {
        get
        {
            lock (_gate) return _sessions.Count;
        }
    }

    public Core OpenSession(CoreOptions options)
    {
        AdoptIdentity(options);
        // An empty key is none: a null array becomes one on its way into ReadOnlyMemory.
        ReadOnlyMemory<byte> key = options.EncryptionKey is { Length: > 0 } given ? given : _auth.EncryptionKey;
        var encryption = options.Encryption ?? (key.IsEmpty ? null : CreateEncryption(key.Span, options.IsBlockKey));
        return new Core(this, new SessionSettings(options.IsWritable, options.Wait, options.Timeout, encryption, options.Durability));
    }

    /// <summary>Opens a session, unless the core is closing: then wait for <see cref="Closed"/> and open the core anew.</summary>
    public bool TryOpenSession(CoreOptions options, [NotNullWhen(true)] out Core? session)
    {
        // The gate is re-entrant: what adds the session takes it again.
        lock (_gate)
        {
            session = _isClosed ? null : OpenSession(options);
            return session is not null;
        }
    }

    /// <summary>Closes all sessions, and with them the core.</summary>
    public async ValueTask CloseAsync()
    {
        foreach (var session in Volatile.Read(ref _sessionsNow)) await session.DisposeAsync().ConfigureAwait(false);
        bool isFirst;
        lock (_gate)
        {
            isFirst = !_isClosed;
            _isClosed = true;
        }

        if (isFirst) await EndAsync().ConfigureAwait(false);
        await Closed.ConfigureAwait(false);
    }

    public void AddSession(Core session)
    {
        lock (_gate)
        {
            if (_isClosed) throw new SessionClosedException(Key, $"Core {Key} is closed. Open it again with Corestore.GetAsync.");
            _sessions.Add(session);
            _sessionsNow = [.. _sessions];
        }
    }

    public async ValueTask RemoveSessionAsync(Core session)
    {
        lock (_gate)
        {
            _ = _sessions.Remove(session);
            _sessionsNow = [.. _sessions];
            if (_sessions.Count > 0 || _isClosed) return;
            _isClosed = true;
        }

        await EndAsync().ConfigureAwait(false);
    }

    public IBlockEncryption CreateEncryption(ReadOnlySpan<byte> key, bool isBlockKey) =>
        isBlockKey ? BlockEncryption.FromBlockKey(key) : BlockEncryption.Derive(Key, key, _verifier is { IsCompat: true });

    public CoreFrozenException FrozenException() =>
        new(Key, $"Core {Key} is frozen: its writer signed two different trees of the same length. Keep the store for evidence and start a new core.");

    internal void ReportWriteFailure(Exception error) => Log.WriteFailed(_options.Logger, error, Key);

    private async ValueTask EndAsync()
    {
        Replicator?.OnClosing();
        // Behind all writes that were accepted.
        await RunAsync(static _ => { }).ConfigureAwait(false);
        if (Replicator is { } replicator) await replicator.DisposeAsync().ConfigureAwait(false);
        _closed.TrySetResult();
    }

    /// <summary>The tree that was signed beside ours; null without a conflict.</summary>
    public CoreConflict? Conflict => _conflict;

    private void Freeze(CoreConflict conflict)
    {
        lock (_gate)
        {
            if (_isFrozen) return;
            (_isFrozen, _conflict) = (true, conflict);
        }

        if (!Storage.IsReadOnly) _ = StoreConflictAsync(conflict);
        Log.Frozen(_options.Logger, Key);
        Raise(new CoreChange(CoreChangeKind.Conflicted, 0, 0, _tree.Length, _tree.Fork));
    }

    // A restart must not make anybody forget it. The reference has no place for this and passes over user data it does not know.
    private async Task StoreConflictAsync(CoreConflict conflict)
    {
        try
        {
            await WriteAsync(batch => batch.PutUserData(CoreConflict.StoredAs, conflict.Encode()), Nashi.Storage.Kv.Durability.Synced).ConfigureAwait(false);
        }
        catch (NashiException error)
        {
            ReportWriteFailure(error);
        }
    }

    private void LoadConflict()
    {
        if (Storage.ReadUserData(CoreConflict.StoredAs) is not { } stored) return;
        (_isFrozen, _conflict) = (true, CoreConflict.Decode(stored));
    }

    private void Raise(in CoreChange change) => Raise(this, change);

    /// <summary>Tells the sessions of a branch, or of the core itself, what changed.</summary>
    public void Raise(ISessionState source, in CoreChange change)
    {
        foreach (var session in Volatile.Read(ref _sessionsNow))
        {
            try
            {
                session.Raise(source, change);
            }
            catch (Exception error)
            {
                // A handler's mistake must not end the lane.
                Log.HandlerFailed(_options.Logger, error, Key);
            }
        }
    }
}
