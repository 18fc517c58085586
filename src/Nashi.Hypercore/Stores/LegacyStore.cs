using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Hypercore.Legacy;
using Nashi.Hypercore.Manifests;
using Nashi.Hypercore.Merkle;
using Nashi.Hypercore.State;
using Nashi.Storage;
using Nashi.Storage.Kv;

namespace Nashi.Hypercore;

/// <summary>Brings the stores of hypercore 10 and corestore 6, which were folders of flat files, into a store of today. The old one is only read.</summary>
/// <remarks>Every block is checked against the signed tree; what is damaged is left out, and can be downloaded again. Close the program that uses the old store before.</remarks>
public static class LegacyStore
{
    private const string PrimaryKeyFile = "primary-key";
    private const string NamespaceKey = "corestore/namespace";
    private const int BytesPerCommit = 4 << 20;

    /// <summary>Whether a folder holds a store of that kind.</summary>
    public static bool IsLegacy(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return File.Exists(Path.Combine(folder, PrimaryKeyFile)) && !Directory.Exists(Path.Combine(folder, "db"));
    }

    /// <summary>Brings all cores of the old store in one folder into a store in another, which is made with the old primary key where it is absent.</summary>
    /// <param name="from">The old store.</param>
    /// <param name="to">The folder of the new one; may hold a store with the same primary key, whose cores stay as they are.</param>
    /// <param name="imported">Told of each core.</param>
    /// <param name="cancellationToken">Ends it between two cores; those that are done stay.</param>
    /// <exception cref="StorageException">A store can not be opened, or the new one has another primary key.</exception>
    public static async Task<IReadOnlyList<ImportedCore>> ImportAsync(string from, string to, IProgress<ImportedCore>? imported = null, CancellationToken cancellationToken = default)
    {
        if (!IsLegacy(from)) throw new StorageException(StorageFailure.Corrupt, $"The folder {from} holds no store of hypercore 10: it has no file '{PrimaryKeyFile}'.");
        var primaryKey = await File.ReadAllBytesAsync(Path.Combine(from, PrimaryKeyFile), cancellationToken).ConfigureAwait(false);
        if (primaryKey.Length != Bytes32.Size) throw new StorageException(StorageFailure.Corrupt, $"The primary key of the store {from} has {primaryKey.Length} bytes instead of {Bytes32.Size}.");
        var store = await Corestore.OpenAsync(to, new CorestoreOptions { PrimaryKey = new Bytes32(primaryKey) }, cancellationToken).ConfigureAwait(false);
        await using var storeClosing = store.ConfigureAwait(false);
        var all = new List<ImportedCore>();
        foreach (var folder in Folders(from))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var core = await Task.Run(() => ImportAsync(folder, store.Storage), cancellationToken).ConfigureAwait(false);
            all.Add(core);
            imported?.Report(core);
        }

        return all;
    }

    private static IEnumerable<string> Folders(string from)
    {
        var cores = Path.Combine(from, "cores");
        if (!Directory.Exists(cores)) return [];
        return Directory.EnumerateFiles(cores, "oplog", SearchOption.AllDirectories).Select(static file => Path.GetDirectoryName(file)!).Order(StringComparer.Ordinal);
    }

    private static async Task<ImportedCore> ImportAsync(string folder, CorestoreStorage to)
    {
        using var core = LegacyCore.TryOpen(folder);
        if (core is null) return new ImportedCore(folder, null, null, 0, 0, 0, "its log can not be read");
        var log = core.Log;
        var result = new ImportedCore(folder, log.Key, log.Name, log.Length, 0, 0, null);
        var manifest = log.Manifest ?? Manifest.ForCompatKey(log.Key);
        if (!manifest.Describes(log.Key)) return result with { Failure = "its manifest does not hash to its key" };
        if (to.TryOpenCore(log.Key.ToDiscoveryKey())?.ReadHead() is not null) return result with { Failure = "the new store has it already" };
        if (!core.IsSigned(manifest)) return result with { Failure = "its tree is not the one that was signed" };
        return await CopyAsync(core, manifest, to, result).ConfigureAwait(false);
    }

    private static async Task<ImportedCore> CopyAsync(LegacyCore core, Manifest manifest, CorestoreStorage to, ImportedCore result)
    {
        var log = core.Log;
        var storage = to.CreateCore(
            new CoreAuth(log.Key, log.Key.ToDiscoveryKey()) { Manifest = StoredManifest.Encode(manifest), SignerPublicKey = log.PublicKey, SignerSecretKey = log.SecretKey },
            AliasOf(log),
            log.UserData);
        if (log.Length == 0) return result;
        var (batch, nodes, held, bytes, damaged) = (storage.CreateBatch(), new List<TreeNode>(core.Tip.Roots), new Bitfield(), 0L, 0UL);
        for (var block = core.Bits.FindFirst(true, 0); block < log.Length; block = core.Bits.FindFirst(true, block + 1))
        {
            if (core.TryRead(block, nodes) is not { } value)
            {
                damaged++;
                continue;
            }

            batch.PutBlock(block, value);
            held.SetRange(block, block + 1, true);
            bytes += value.Length + 256;
            if (bytes < BytesPerCommit) continue;
            await FlushAsync(storage, batch, nodes, Durability.Buffered).ConfigureAwait(false);
            bytes = 0;
        }

        // The head comes last: until it is there the core is empty, and another try begins anew.
        PutHead(batch, core.Tip, held);
        await FlushAsync(storage, batch, nodes, Durability.Synced).ConfigureAwait(false);
        return result with { Blocks = Count(held), Damaged = damaged };
    }

    private static ValueTask FlushAsync(CoreStorage storage, CoreWriteBatch batch, List<TreeNode> nodes, Durability durability)
    {
        foreach (var node in nodes) batch.PutTreeNode(node.Index, node.Size, node.Hash);
        nodes.Clear();
        return storage.CommitAsync(batch, durability);
    }

    private static void PutHead(CoreWriteBatch batch, TreeTip tip, Bitfield held)
    {
        var page = new byte[CoreStorage.PageSize];
        foreach (var number in held.PagesFrom(0))
        {
            held.CopyPage(number, page);
            batch.PutBitfieldPage(number, page);
        }

        batch.SetHead(new CoreHead(tip.Fork, tip.Length, tip.Hash, tip.Signature));
        batch.SetHints(new CoreHints(Math.Min(held.FindFirst(false, 0), tip.Length)));
    }

    private static ulong Count(Bitfield held)
    {
        var count = 0UL;
        for (var start = held.FindFirst(true, 0); start != Bitfield.None;)
        {
            var end = held.FindFirst(false, start);
            count += end - start;
            start = held.FindFirst(true, end);
        }

        return count;
    }

    private static CoreAlias? AliasOf(LegacyOplog log) =>
        log.Name is { } name && log.UserData.TryGetValue(NamespaceKey, out var space) && space.Length == Bytes32.Size ? new CoreAlias(name, new Bytes32(space)) : null;
}
