using Nashi.Autobase.Graph;
using Nashi.Autobase.Messages;
using Nashi.Autobase.State;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Hypercore;
using Nashi.Hypercore.Manifests;

namespace Nashi.Autobase.Engine;

/// <content>Opening, and starting over from a system core and a length.</content>
internal sealed partial class BaseEngine
{
    private const string BranchName = "batch";

    // Writers of a base this large are all followed from the start; of a larger one, those that index or were heard last.
    private const int FollowAll = 1024;

    private async ValueTask BootAsync(CancellationToken cancellationToken)
    {
        var boot = _identity.Boot;
        var (core, branch) = boot is null
            ? await OpenViewAsync(SystemView.Name, _manifests.Genesis(SystemView.Name), null).ConfigureAwait(false)
            : await OpenViewAsync(SystemView.Name, null, boot.Key).ConfigureAwait(false);
        _systemView.Attach(core, branch);
        _indexedLength = boot?.SystemLength ?? 0;
        if (!await TryStartAsync(_systemView, _indexedLength).ConfigureAwait(false)) throw new AutobaseException("VIEW_CORRUPTION", $"The store's views of base {Key} are shorter than it recorded. Remove the store and replicate again.");
        await _system.ResetAsync(cancellationToken).ConfigureAwait(false);
        await StartAsync(isFirst: true).ConfigureAwait(false);

        // It ended between the change of indexers and the move to their cores.
        if (NeedsMigration()) await MigrateAsync().ConfigureAwait(false);
    }

    /// <summary>Puts views, linearizer and writers on the system as it is; whatever is not indexed is applied again.</summary>
    private async ValueTask StartAsync(bool isFirst)
    {
        _updates.Clear();
        await CloseWritersAsync().ConfigureAwait(false);
        _linearizer = _system.IsBootstrapping ? new([new(Key, 0)], []) : new(_system.Indexers, _system.Heads);
        await OpenWritersAsync().ConfigureAwait(false);
        if (isFirst) await OpenViewsAsync().ConfigureAwait(false);
        await StartSigningAsync().ConfigureAwait(false);
        _indexedViews = [.. _system.Views];
        (_mustStore, _isBehind) = (true, true);
    }

    private async ValueTask OpenWritersAsync()
    {
        if (_system.IsBootstrapping)
        {
            await OpenWriterAsync(Key, 0, isRemoved: false).ConfigureAwait(false);
        }
        else
        {
            var members = await _system.ListAsync(_system.Length, _closing.Token).ConfigureAwait(false);
            foreach (var (key, member) in members)
            {
                if (MustFollow(key, member, members.Count)) await OpenWriterAsync(key, member.Length, member.IsRemoved).ConfigureAwait(false);
            }
        }

        foreach (var key in _system.PendingIndexers) await OpenWriterAsync(key).ConfigureAwait(false);
        await OpenWriterAsync(_identity.Local.Key).ConfigureAwait(false);
    }

    // With word of news from peers, only those with something to read: the others are opened when somebody tells of it.
    private bool MustFollow(CoreKey key, Member member, int count)
    {
        if (member.IsIndexer || _system.Heads.Any(head => head.Key == key)) return true;
        return _options.Wakeup is null ? count <= FollowAll : _store.Storage.TryOpenCore(key.ToDiscoveryKey())?.ReadHead()?.Length > member.Length;
    }

    private async ValueTask OpenViewsAsync()
    {
        var indexers = ManifestsOf(_system.Indexers);
        var open = new HashSet<int>();
        foreach (var view in _views.All)
        {
            var place = await FindPlaceAsync(view.Name, indexers).ConfigureAwait(false);
            var known = place >= 0 ? _system.Views[place] : default;
            var (core, branch) = await OpenViewAsync(view.Name, place >= 0 ? null : _manifests.Create(indexers, view.Name, null), place >= 0 ? known.Key : null).ConfigureAwait(false);
            view.Attach(core, branch);
            view.Place = place;
            if (place >= 0) open.Add(place);
            if (!await TryStartAsync(view, known.Length).ConfigureAwait(false)) throw new AutobaseException("VIEW_CORRUPTION", $"The store's view '{view.Name}' of base {Key} is shorter than it recorded. Remove the store and replicate again.");
        }

        for (var place = 0; place < _system.Views.Count; place++)
        {
            if (!open.Contains(place)) _system.ForeignViews.Add(place);
        }
    }

    // A view's cores carry its name in their signers' namespace. Before there were signers, the key is the name's.
    private async ValueTask<int> FindPlaceAsync(string name, List<Manifest> indexers)
    {
        if (indexers.Count == 0) return -1;
        var space = _manifests.Namespace(indexers, name);
        var fresh = _manifests.Create(indexers, name, null).ToKey();
        for (var place = 0; place < _system.Views.Count; place++)
        {
            var key = _system.Views[place].Key;
            if (key == fresh) return place;
            var core = await _store.GetAsync(key, new CoreOptions { IsWritable = false }, _closing.Token).ConfigureAwait(false);
            await using var coreClosing = core.ConfigureAwait(false);
            if (core.Manifest is { Signers.Length: > 0 } manifest && manifest.Signers[0].Namespace == space) return place;
        }

        return -1;
    }

    private async ValueTask<(Core Core, Core Branch)> OpenViewAsync(string name, Manifest? manifest, CoreKey? key, ulong? startOverAt = null)
    {
        var options = new CoreOptions { Manifest = manifest, Durability = _options.Durability, Clock = _options.Clock, Logger = _options.Logger };
        options = _manifests.Encrypted(options, name);
        var core = key is { } known ? await _store.GetAsync(known, options).ConfigureAwait(false) : await _store.GetAsync(options).ConfigureAwait(false);
        await core.SetUserDataAsync("referrer", Key.ToArray()).ConfigureAwait(false);
        await core.SetUserDataAsync(BaseIdentity.ViewKey, global::System.Text.Encoding.UTF8.GetBytes(name)).ConfigureAwait(false);
        if (startOverAt is { } length)
        {
            var fresh = core.Session(new CoreSessionOptions { Name = BranchName, Overwrite = true, Checkout = length, IsWritable = true });
            await fresh.DisposeAsync().ConfigureAwait(false);
        }

        return (core, core.Session(new CoreSessionOptions { Name = BranchName, Atom = _atom, IsWritable = true }));
    }

    // What lies behind the indexed length is applied again, and may come out otherwise.
    private static async ValueTask<bool> TryStartAsync(AutobaseView view, ulong length)
    {
        if (view.Length < length && view.Core.Length >= length) await view.Branch.CatchUpAsync(length).ConfigureAwait(false);
        if (view.Length < length) return false;
        await view.TruncateAsync(length).ConfigureAwait(false);
        return true;
    }
}
