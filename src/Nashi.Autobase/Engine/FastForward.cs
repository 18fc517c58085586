using Nashi.Autobase.Messages;
using Nashi.Autobase.State;
using Nashi.Encoding;
using Nashi.Hyperbee;
using Nashi.Hypercore;
using Nashi.Hypercore.Manifests;

namespace Nashi.Autobase.Engine;

/// <summary>Fetches what is needed to stand on a signed state that others reached. Spec: data.md §8.4.</summary>
/// <remarks>
/// Reads the summary at the end of a system core, the last block of every view it names, the last blocks of the indexers' cores and the members' records; each read
/// gives up after a while. Changes nothing of the base itself.
/// </remarks>
internal sealed class FastForward(Corestore store, ViewManifests manifests, AutobaseOptions options, IReadOnlyList<string> names, CoreKey local) : IAsyncDisposable
{
    // Of a larger base, only the records of indexers and of the last writers are fetched.
    private const ulong MembersMax = 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly List<Core> _cores = [];

    /// <summary>Fetches the newest state of a system core.</summary>
    /// <param name="key">The core.</param>
    /// <param name="minimum">The length that is worth it.</param>
    /// <param name="isForced">Whether it is to be taken over whatever it saves.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when it is not worth it.</returns>
    public async Task<FastForwardTarget?> FetchAsync(CoreKey key, ulong minimum, bool isForced, CancellationToken cancellationToken)
    {
        var core = await OpenAsync(key, SystemView.Name, cancellationToken).ConfigureAwait(false);
        var length = core.Length;
        if (length == 0 || length < minimum) return null;
        await core.GetAsync(length - 1, null, cancellationToken).ConfigureAwait(false);
        var system = new SystemView(new CoreBlockLog(core));
        var info = await system.GetInfoAsync(length, cancellationToken).ConfigureAwait(false);
        if (info.Version > SystemInfo.MaxVersion || info.Indexers.Count == 0) return null;
        var records = FetchRecordsAsync(system, info, length, cancellationToken);
        var views = Task.WhenAll(info.Views.Select(view => FetchLastAsync(view, cancellationToken)));
        var indexers = await Task.WhenAll(info.Indexers.Select(indexer => FetchManifestAsync(indexer, cancellationToken))).ConfigureAwait(false);
        await records.ConfigureAwait(false);
        var signers = (await views.ConfigureAwait(false)).Select(view => view?.Signers is { Length: > 0 } some ? some[0].Namespace : (Bytes32?)null).ToArray();
        return new(key, length, info, indexers, names.ToDictionary(name => name, name => FindPlace(name, info, indexers, signers)), isForced);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var core in _cores) await core.DisposeAsync().ConfigureAwait(false);
    }

    private int FindPlace(string name, SystemInfo info, Manifest[] indexers, Bytes32?[] signers)
    {
        var space = manifests.Namespace(indexers, name);
        var fresh = manifests.Create(indexers, name, null).ToKey();
        for (var place = 0; place < info.Views.Count; place++)
        {
            if (info.Views[place].Key == fresh || signers[place] == space) return place;
        }

        return -1;
    }

    // So that standing there needs no peer: who writes, who indexes, and the paths to what changes next.
    private async Task FetchRecordsAsync(SystemView system, SystemInfo info, ulong length, CancellationToken cancellationToken)
    {
        await system.FetchAsync(length, cancellationToken).ConfigureAwait(false);
        if (info.Members <= MembersMax)
        {
            await system.ListAsync(length, cancellationToken).ConfigureAwait(false);
            return;
        }

        var keys = info.Indexers.Select(indexer => indexer.Key).Concat(info.Heads.Select(head => head.Key)).Append(local);
        await Task.WhenAll(keys.Distinct().Select(key => system.GetAtAsync(key, length, cancellationToken).AsTask())).ConfigureAwait(false);
    }

    private async Task<Manifest?> FetchLastAsync(WriterHead view, CancellationToken cancellationToken)
    {
        var core = await OpenAsync(view.Key, null, cancellationToken).ConfigureAwait(false);
        if (view.Length > 0) await core.GetAsync(view.Length - 1, new CoreGetOptions { Raw = true }, cancellationToken).ConfigureAwait(false);
        return core.Manifest;
    }

    private async Task<Manifest> FetchManifestAsync(WriterHead indexer, CancellationToken cancellationToken)
    {
        var core = await OpenAsync(indexer.Key, null, cancellationToken).ConfigureAwait(false);
        if (indexer.Length > 0) await core.GetAsync(indexer.Length - 1, new CoreGetOptions { Raw = true }, cancellationToken).ConfigureAwait(false);
        return core.Manifest ?? throw new AutobaseException("DECODING_ERROR", $"The manifest of indexer {indexer.Key} is not here.");
    }

    private async ValueTask<Core> OpenAsync(CoreKey key, string? name, CancellationToken cancellationToken)
    {
        var coreOptions = new CoreOptions { IsWritable = false, Timeout = Patience, Durability = options.Durability, Clock = options.Clock, Logger = options.Logger };
        var core = await store.GetAsync(key, manifests.Encrypted(coreOptions, name), cancellationToken).ConfigureAwait(false);
        lock (_cores) _cores.Add(core);
        return core;
    }
}
