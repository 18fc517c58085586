using Nashi.Encoding;
using Nashi.Hypercore.Encryption;
using Nashi.Hypercore.Manifests;
using Nashi.Hypercore.Merkle;
using Nashi.Hypercore.Seam;
using Nashi.Storage;
using Nashi.Storage.Kv;

namespace Nashi.Hypercore.State;

/// <summary>One core, shared by its sessions and its replicator.</summary>
internal sealed partial class CoreState
{
    public CoreStorage Storage => throw new NotSupportedException();

    public ICoreReplicator? Replicator { get; set; }

    public TimeProvider Clock => throw new NotSupportedException();

    public CoreKey Key => throw new NotSupportedException();

    public DiscoveryKey DiscoveryKey => throw new NotSupportedException();

    public CoreTip Tip => throw new NotSupportedException();

    public Bytes32 TreeHash => throw new NotSupportedException();

    public ulong ContiguousLength => throw new NotSupportedException();

    public Manifest? Manifest => throw new NotSupportedException();

    public bool IsWritable => throw new NotSupportedException();

    public bool IsFrozen => throw new NotSupportedException();

    public bool IsClosed => throw new NotSupportedException();

    /// <summary>Completes when the last session ended and all is written: its owner may then forget it.</summary>
    public Task Closed => throw new NotSupportedException();

    public static Core CreateInMemory(CoreOptions options) => throw new NotSupportedException();

    /// <summary>Opens a core of a store, or makes it.</summary>
    public static CoreState Open(CorestoreStorage store, CoreIdentity identity, CoreOptions options, Func<IReplicatedCore, ICoreReplicator>? replicator = null) => throw new NotSupportedException();

    public Core OpenSession(CoreOptions options) => throw new NotSupportedException();

    public void AddSession(Core session) => throw new NotSupportedException();

    public ValueTask RemoveSessionAsync(Core session) => throw new NotSupportedException();

    public SnapshotView TakeSnapshot() => throw new NotSupportedException();

    public BlockEncryption CreateEncryption(ReadOnlySpan<byte> key, bool isBlockKey) => throw new NotSupportedException();

    public bool Has(ulong index) => throw new NotSupportedException();

    public bool TryRead(ulong index, BlockEncryption? encryption, out byte[] block) => throw new NotSupportedException();

    public ValueTask<SeekResult?> SeekAsync(ulong bytes, ulong padding) => throw new NotSupportedException();

    public ValueTask<ulong> AppendAsync(ReadOnlyMemory<byte> block, SessionSettings settings) => throw new NotSupportedException();

    public ValueTask<ulong> AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> blocks, SessionSettings settings) => throw new NotSupportedException();

    public ValueTask TruncateAsync(ulong newLength, ulong? fork, Durability durability) => throw new NotSupportedException();

    public ValueTask ClearAsync(ulong start, ulong end, Durability durability) => throw new NotSupportedException();

    public ValueTask SetUserDataAsync(string key, ReadOnlyMemory<byte>? value, Durability durability) => throw new NotSupportedException();

    public CoreFrozenException FrozenException() => throw new NotSupportedException();
}
