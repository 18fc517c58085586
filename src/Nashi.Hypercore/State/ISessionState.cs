using Nashi.Encoding;
using Nashi.Hypercore.Encryption;
using Nashi.Hypercore.Merkle;
using Nashi.Storage;
using Nashi.Storage.Kv;

namespace Nashi.Hypercore.State;

/// <summary>What a session reads and writes: the signed core itself, a branch of it, or either inside an atom.</summary>
internal interface ISessionState
{
    /// <summary>The name of the branch; null for the core itself.</summary>
    string? Name { get; }

    CoreStorage Storage { get; }

    TreeTip Tree { get; }

    INodeSource Nodes { get; }

    Bytes32 TreeHash { get; }

    ulong ContiguousLength { get; }

    /// <summary>Blocks below this one belong to the signed core.</summary>
    ulong SharedLength { get; }

    bool Has(ulong index);

    /// <summary>Reads a block. <paramref name="block"/> is null for one that can not be decrypted before the encryption has prepared.</summary>
    bool TryRead(ulong index, IBlockEncryption? encryption, out byte[]? block);

    ValueTask<ulong> AppendAsync(ReadOnlyMemory<byte> block, SessionSettings settings);

    ValueTask<ulong> AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> blocks, SessionSettings settings);

    ValueTask<ulong> AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> blocks, CoreAppendOptions options, SessionSettings settings);

    ValueTask TruncateAsync(CoreTruncateOptions options, Durability durability);

    ValueTask ClearAsync(ulong start, ulong end, Durability durability);

    /// <summary>Writes records that are not part of the tree.</summary>
    ValueTask WriteAsync(Action<CoreWriteBatch> change, Durability durability);
}
