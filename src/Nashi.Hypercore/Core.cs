using Nashi.Encoding;
using Nashi.Hypercore.Manifests;
using Nashi.Hypercore.State;
using Nashi.Storage;
using Nashi.Storage.Kv;

namespace Nashi.Hypercore;

/// <summary>A session of a signed append-only log. Thread-safe.</summary>
/// <remarks>
/// All sessions of a core share its state; the last one to be disposed closes it. A snapshot keeps the length it was made at. Writes run one at a time and in
/// call order; calls that wait together share one hash pass, one signature and one storage write. <see cref="Changed"/> is raised after the change can be read.
/// </remarks>
public sealed partial class Core : IAsyncDisposable
{
    private readonly CoreState _state;
    private readonly ISessionState _data;
    private readonly SnapshotView? _snapshot;
    private volatile SessionSettings _settings;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _closed;

    internal Core(CoreState state, SessionSettings settings, SnapshotView? snapshot = null, ISessionState? data = null)
    {
        (_state, _settings, _snapshot, _data) = (state, settings, snapshot, data ?? state);
        state.AddSession(this);
    }

    /// <summary>Raised after each change of the core, in order; handlers must be quick and must not wait for the core. Not raised for snapshots.</summary>
    public event Action<CoreChange>? Changed;

    /// <summary>The key that names the core and checks its signatures.</summary>
    public CoreKey Key => _state.Key;

    /// <summary>The name under which peers look for it; does not reveal the key.</summary>
    public DiscoveryKey DiscoveryKey => _state.DiscoveryKey;

    /// <summary>How many blocks it has.</summary>
    public ulong Length => _snapshot?.Tip.Length ?? _data.Tree.Length;

    /// <summary>How many of them are signed: all, but for a branch only what it shares with the core.</summary>
    public ulong SignedLength => Math.Min(_data.SharedLength, _snapshot?.IntactLength ?? ulong.MaxValue);

    /// <summary>How many bytes its blocks have, padding not counted.</summary>
    public ulong ByteLength => WithoutPadding(_snapshot?.Tip ?? _data.Tree.ToCoreTip());

    /// <summary>All blocks below this one are here.</summary>
    public ulong ContiguousLength => Math.Min(_data.ContiguousLength, Length);

    /// <summary>How often it was truncated.</summary>
    public ulong Fork => _snapshot?.Tip.Fork ?? _data.Tree.Fork;

    /// <summary>Whether this session can append.</summary>
    public bool IsWritable => _settings.IsWritable && _snapshot is null && (IsBranch ? !_state.Storage.IsReadOnly : _state.IsWritable) && !IsClosed;

    /// <summary>Whether it reads and writes a branch: unsigned changes on top of the core.</summary>
    public bool IsBranch => _data.Name is not null;

    /// <summary>The name of the branch; null for the core itself.</summary>
    public string? BranchName => _data.Name;

    /// <summary>Whether it writes into an atom.</summary>
    public bool IsInAtom => _data is BranchState { Parent: not null };

    /// <summary>Whether this is a snapshot.</summary>
    public bool IsSnapshot => _snapshot is not null;

    /// <summary>Whether its blocks are encrypted and we have the key.</summary>
    public bool IsEncrypted => _settings.Encryption is not null;

    /// <summary>
    /// Whether the store lost its log, so that blocks which peers have may be missing here: appends are refused until <see cref="ConfirmLengthAsync"/>.
    /// </summary>
    public bool IsRecovering => _state.IsRecovering;

    /// <summary>Whether this session was disposed, or the core closed.</summary>
    public bool IsClosed => Volatile.Read(ref _closed) != 0 || _state.IsClosed;

    /// <summary>The proof that its writer signed two different trees; null while there is none. A core with one is frozen for ever, here: it neither reads nor writes.</summary>
    public CoreConflict? Conflict => _state.Conflict;

    /// <summary>Who may sign it; null until it is known.</summary>
    public Manifest? Manifest => _state.Manifest;

    /// <summary>How many peers replicate it with us.</summary>
    public int PeerCount => _state.Replicator?.PeerCount ?? 0;

    /// <summary>The tree hash at the current length: equal hashes, equal contents.</summary>
    public Bytes32 TreeHash => _snapshot?.TreeHash ?? _data.TreeHash;

    internal CoreState State => _state;

    internal ISessionState Data => _data;

    /// <summary>Makes a core in memory; a key pair is made when <paramref name="options"/> have none.</summary>
    public static Core CreateInMemory(CoreOptions? options = null) => CoreState.CreateInMemory(options ?? CoreOptions.Default);

    /// <summary>Opens a core of a store, or makes it: known by its key, else by the manifest or key pair in <paramref name="options"/>.</summary>
    /// <remarks>For a core that is used alone: it must not be open twice. A Corestore shares open cores and replicates them.</remarks>
    public static Core Open(CorestoreStorage store, CoreKey? key, CoreOptions? options = null) =>
        CoreState.Open(store, new CoreIdentity { Key = key }, options ?? CoreOptions.Default).OpenSession(options ?? CoreOptions.Default);

    /// <summary>Makes another session of this core.</summary>
    public Core Session(CoreSessionOptions? options = null)
    {
        ThrowIfClosed();
        var settings = _settings.With(options, _state);
        if (options is not { } wanted || (wanted.Name is null && wanted.Atom is null)) return new Core(_state, settings, _snapshot, _data);
        if (_snapshot is not null) throw new InvalidOperationException("A snapshot has no branches: make them from the session it was made from.");
        var data = wanted.Name is null ? _data : _state.OpenBranch(_data, wanted);
        return new Core(_state, settings, null, wanted.Atom is { } atom ? atom.Join(_state, data) : data);
    }

    /// <summary>Makes a session that keeps the length of now, whatever happens to the core.</summary>
    public Core Snapshot()
    {
        ThrowIfClosed();
        return new Core(_state, _settings, _snapshot ?? new SnapshotView(_data.Tree), _data);
    }

    /// <summary>Appends a block; returns the new length. Its bytes must stay unchanged until then.</summary>
    /// <exception cref="CoreNotWritableException">We do not hold the key, or this session can not write.</exception>
    public ValueTask<ulong> AppendAsync(ReadOnlyMemory<byte> block, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfNotWritable();
        return _data.AppendAsync(block, _settings);
    }

    /// <summary>Appends blocks as a whole: all or none; returns the new length.</summary>
    public ValueTask<ulong> AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> blocks, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfNotWritable();
        return _data.AppendAsync(blocks, _settings);
    }

    /// <summary>Appends blocks as a whole if what <paramref name="options"/> ask for holds; returns the new length, or the length of now when nothing was appended.</summary>
    /// <exception cref="InvalidSignatureException">The signature given does not cover what the core would become.</exception>
    public ValueTask<ulong> AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> blocks, CoreAppendOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        ArgumentNullException.ThrowIfNull(options);
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfNotWritable(options.Signature is not null || options.KeyPair is not null);
        return _data.AppendAsync(blocks, options, _settings);
    }

    /// <summary>Cuts the core to a length, on a new fork. Peers follow; what was cut is gone for everybody.</summary>
    /// <param name="newLength">Not more than the length of now.</param>
    /// <param name="fork">The new fork, higher than that of now; null takes the next.</param>
    /// <param name="cancellationToken">Only looked at before the start.</param>
    public ValueTask TruncateAsync(ulong newLength, ulong? fork = null, CancellationToken cancellationToken = default) =>
        TruncateAsync(new CoreTruncateOptions { Length = newLength, Fork = fork }, cancellationToken);

    /// <summary>Cuts the core or branch to a length. A branch may stay on its fork.</summary>
    public ValueTask TruncateAsync(CoreTruncateOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfNotWritable(options.Signature is not null || options.KeyPair is not null);
        return _data.TruncateAsync(options, _settings.Durability);
    }

    /// <summary>Removes stored blocks from <paramref name="start"/> up to, not including, <paramref name="end"/> to save space. They can be downloaded again.</summary>
    public ValueTask ClearAsync(ulong start, ulong end, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfClosed();
        return _data.ClearAsync(start, end, _settings.Durability);
    }

    /// <summary>What the application keeps with the core under a name; null when nothing.</summary>
    public ValueTask<byte[]?> GetUserDataAsync(string key)
    {
        ThrowIfClosed();
        return new(_data.Storage.ReadUserData(key));
    }

    /// <summary>Keeps something with the core under a name; null removes it. Never replicated.</summary>
    public ValueTask SetUserDataAsync(string key, ReadOnlyMemory<byte>? value)
    {
        return WriteRecordsAsync(batch =>
        {
            if (value is { } bytes) batch.PutUserData(key, bytes.Span);
            else batch.DeleteUserData(key);
        });
    }

    /// <summary>Says that the length is right, after the store lost its log and what peers had was downloaded: appends go on from here.</summary>
    public ValueTask ConfirmLengthAsync()
    {
        ThrowIfClosed();
        return _state.ConfirmLengthAsync();
    }

    /// <summary>Ends this session; the last one closes the core. Reads and writes under way end with <see cref="SessionClosedException"/> or finish.</summary>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return ValueTask.CompletedTask;
        _ = _ended.TrySetResult();
        return _state.RemoveSessionAsync(this);
    }

    /// <summary>The core's key and length.</summary>
    public override string ToString() => $"core {Key} ({Length} blocks, fork {Fork})";

    internal void Raise(ISessionState source, in CoreChange change)
    {
        if (!ReferenceEquals(source, _data)) return;
        if (_snapshot is not null)
        {
            if (change.Kind == CoreChangeKind.Truncated) _snapshot.HandleTruncated(change.Start);
            return;
        }

        Changed?.Invoke(change);
    }

    private ulong WithoutPadding(Seam.CoreTip tip) => tip.ByteLength - (Padding * tip.Length);

    private void ThrowIfClosed()
    {
        if (IsClosed) throw new SessionClosedException(Key, $"This session of core {Key} is closed. Open another with Corestore.GetAsync.");
        if (_state.IsFrozen) throw _state.FrozenException();
    }

    private ulong Padding => (ulong)(_settings.Encryption?.Padding ?? 0);

    private void ThrowIfNotWritable(bool isSigned = false)
    {
        ThrowIfClosed();
        if (IsWritable || (isSigned && _settings.IsWritable && _snapshot is null)) return;
        throw new CoreNotWritableException(Key, $"Core {Key} can not be written {(_snapshot is not null ? "through a snapshot: use the session it was made from" : _settings.IsWritable ? "here: this store does not hold its key pair" : "through this session: open one that is writable")}.");
    }
}
