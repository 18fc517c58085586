using Nashi.Autobase.Messages;
using Nashi.Autobase.State;
using Nashi.Encoding;
using Nashi.Hypercore;

namespace Nashi.Autobase.Engine;

/// <content>New indexers sign new cores, which take over the old ones' beginning. Spec: data.md §8.3.</content>
internal sealed partial class BaseEngine
{
    private async ValueTask<CoreKey> NextSystemKeyAsync()
    {
        var info = await _system.GetInfoAsync(_indexedLength, _closing.Token).ConfigureAwait(false);
        return NextManifest(_systemView, ManifestsOf(info.Indexers), _indexedLength).ToKey();
    }

    private async ValueTask MigrateAsync()
    {
        var info = await _system.GetInfoAsync(_indexedLength, _closing.Token).ConfigureAwait(false);
        foreach (var view in _views.All)
        {
            var length = view.Place >= 0 && view.Place < info.Views.Count ? info.Views[view.Place].Length : 0;
            if (view.Place >= info.Views.Count) view.Place = -1;
            await MoveAsync(view, info, length).ConfigureAwait(false);
        }

        await MoveAsync(_systemView, info, _indexedLength).ConfigureAwait(false);
        await _system.ResetAsync(_closing.Token).ConfigureAwait(false);
        await StartAsync(isFirst: false).ConfigureAwait(false);
        await StoreAsync().ConfigureAwait(false);
    }

    private async ValueTask MoveAsync(AutobaseView view, SystemInfo info, ulong length)
    {
        var manifest = NextManifest(view, ManifestsOf(info.Indexers), length);
        if (manifest.ToKey() == view.Core.Key) return;
        await view.TruncateAsync(length).ConfigureAwait(false);
        var (oldCore, oldBranch) = (view.Core, view.Branch);
        var (core, branch) = await OpenViewAsync(view.Name, manifest, null).ConfigureAwait(false);
        await branch.DisposeAsync().ConfigureAwait(false);
        if (length > 0) await core.CopyPrologueAsync(oldBranch).ConfigureAwait(false);
        await core.DisposeAsync().ConfigureAwait(false);
        (core, branch) = await OpenViewAsync(view.Name, manifest, null, startOverAt: length).ConfigureAwait(false);
        view.Attach(core, branch);
        await oldBranch.DisposeAsync().ConfigureAwait(false);
        await oldCore.DisposeAsync().ConfigureAwait(false);
    }
}
