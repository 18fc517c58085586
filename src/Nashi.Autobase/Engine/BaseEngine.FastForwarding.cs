using Nashi.Autobase.Messages;
using Nashi.Encoding;
using Nashi.Hypercore;
using Nashi.Hypercore.Manifests;
using Nashi.Storage;

namespace Nashi.Autobase.Engine;

/// <content>Taking over a signed state instead of applying all that led to it. Spec: data.md §8.4.</content>
internal sealed partial class BaseEngine
{
    // So many blocks of the system less to make are worth the jump.
    private const ulong FastForwardMinimum = 16;

    private static readonly TimeSpan FailurePause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan RefusalPause = TimeSpan.FromSeconds(1);

    private Task _fastForwarding = Task.CompletedTask;
    private FastForwardTarget? _target;
    private Core? _nextSystem;
    private long _pausedAt;
    private TimeSpan _pause;

    /// <summary>Raised after a signed state was taken over: the system's length before and after.</summary>
    public event Action<ulong, ulong>? FastForwarded;

    private bool IsFastForwarding => !_fastForwarding.IsCompleted;

    /// <summary>Takes over what is signed, however little that saves.</summary>
    public async Task<bool> FastForwardAsync()
    {
        if (IsFastForwarding) await _fastForwarding.ConfigureAwait(false);
        var before = _system.Length;
        _fastForwarding = RunFastForwardAsync(_systemView.Core.Key, isForced: true);
        await _fastForwarding.ConfigureAwait(false);
        await UpdateAsync().ConfigureAwait(false);
        return _system.Length != before;
    }

    // When others signed far more than is applied here; or when a quorum of those that sign says that there is a newer system core, which is that long.
    private async ValueTask QueueFastForwardAsync()
    {
        if (!_options.FastForward || IsFastForwarding || _target is not null) return;
        if (_pause > TimeSpan.Zero && _options.Clock.GetElapsedTime(_pausedAt) < _pause) return;
        await WatchNextSystemAsync().ConfigureAwait(false);
        var core = _nextSystem ?? _systemView.Core;
        if (core.Length >= _system.Length + FastForwardMinimum) _fastForwarding = RunFastForwardAsync(core.Key, isForced: false);
    }

    // Most often nobody signed anything of it yet, and it is reached by applying: so nothing waits for it.
    private async ValueTask WatchNextSystemAsync()
    {
        var next = FindNextSystem();
        if (next == _nextSystem?.Key) return;
        await LeaveNextSystemAsync().ConfigureAwait(false);
        if (next is not { } key) return;
        _nextSystem = await _store.GetAsync(key, new CoreOptions { IsWritable = false, Clock = _options.Clock, Logger = _options.Logger }, _closing.Token).ConfigureAwait(false);
        _nextSystem.Changed += OnCoreChanged;
    }

    private async ValueTask LeaveNextSystemAsync()
    {
        if (_nextSystem is not { } core) return;
        _nextSystem = null;
        core.Changed -= OnCoreChanged;
        await core.DisposeAsync().ConfigureAwait(false);
    }

    private CoreKey? FindNextSystem()
    {
        var quorum = _systemView.Core.Manifest?.Quorum ?? 0;
        if (quorum == 0 || _checkpoints.Count < quorum) return null;
        foreach (var one in _checkpoints) one.Refresh();
        var votes = new Dictionary<CoreKey, int>();
        foreach (var one in _checkpoints)
        {
            if (one.Digest is not { } digest || digest.Key == _systemView.Core.Key || one.SignedLength <= _systemView.Core.Length) continue;
            var count = votes.GetValueOrDefault(digest.Key) + 1;
            if (count >= quorum) return digest.Key;
            votes[digest.Key] = count;
        }

        return null;
    }

    private async Task RunFastForwardAsync(CoreKey key, bool isForced)
    {
        var minimum = isForced ? 0 : _system.Length + FastForwardMinimum;
        try
        {
            await Task.Yield();
            var fetch = new FastForward(_store, _manifests, _options, [.. _views.All.Select(view => view.Name)], _identity.Local.Key);
            await using var fetchClosing = fetch.ConfigureAwait(false);
            _target = await fetch.FetchAsync(key, minimum, isForced, _closing.Token).ConfigureAwait(false);
            Pause(_target is null ? RefusalPause : TimeSpan.Zero);
        }
        catch (Exception error)
        {
            // Strangers' blocks, peers that left, a store that closes: everything is applied instead.
            Pause(FailurePause);
            if (!_closing.IsCancellationRequested) Log.FastForwardFailed(_options.Logger, error, key);
        }

        Wake();
    }

    private void Pause(TimeSpan pause) => (_pausedAt, _pause) = (_options.Clock.GetTimestamp(), pause);

    private void HandleSystemSigned()
    {
        if (_systemView.Core.Length >= _system.Length + FastForwardMinimum) Wake();
    }

    /// <summary>Takes over the state that was fetched, if it still is worth it.</summary>
    private async ValueTask<bool> TryLandAsync()
    {
        if (_target is not { } target) return false;
        _target = null;
        if (!target.IsForced && target.Length < _system.Length + FastForwardMinimum) return false;
        var before = _system.Length;
        var old = new List<IAsyncDisposable>();
        await LandAsync(_systemView, target, target.Key, target.Length, null, old).ConfigureAwait(false);
        _system.ForeignViews.Clear();
        foreach (var view in _views.All)
        {
            view.Place = target.Places[view.Name];
            var head = view.Place >= 0 ? target.Info.Views[view.Place] : default;
            var manifest = view.Place >= 0 && head.Length > 0 ? null : _manifests.Create(target.Indexers, view.Name, null);
            await LandAsync(view, target, manifest?.ToKey() ?? head.Key, head.Length, manifest, old).ConfigureAwait(false);
        }

        for (var place = 0; place < target.Info.Views.Count; place++)
        {
            if (_views.All.All(view => view.Place != place)) _system.ForeignViews.Add(place);
        }

        _indexedLength = target.Length;
        await _system.ResetAsync(_closing.Token).ConfigureAwait(false);
        await StartAsync(isFirst: false).ConfigureAwait(false);
        await StoreAsync().ConfigureAwait(false);
        foreach (var one in old) await one.DisposeAsync().ConfigureAwait(false);
        if (NeedsMigration()) await MigrateAsync().ConfigureAwait(false);
        Log.FastForwarded(_options.Logger, Key, before, target.Length);
        FastForwarded?.Invoke(before, target.Length);
        return true;
    }

    private async ValueTask LandAsync(AutobaseView view, FastForwardTarget target, CoreKey key, ulong length, Manifest? manifest, List<IAsyncDisposable> old)
    {
        if (key == view.Core.Key)
        {
            await view.CatchUpAsync(length).ConfigureAwait(false);
            return;
        }

        await KeepBeginningAsync(view, key).ConfigureAwait(false);
        old.AddRange([view.Branch, view.Core]);
        var (core, branch) = await OpenViewAsync(view.Name, manifest, manifest is null ? key : null, startOverAt: length).ConfigureAwait(false);
        view.Attach(core, branch);
    }

    // What the next core took over of this one need not be downloaded again. Of a beginning that is not here in full, some is taken.
    private async ValueTask KeepBeginningAsync(AutobaseView view, CoreKey next)
    {
        var core = await _store.GetAsync(next, new CoreOptions { IsWritable = false }, _closing.Token).ConfigureAwait(false);
        await using var coreClosing = core.ConfigureAwait(false);
        if (core.Manifest?.Prologue is not { Length: > 0 } prologue || view.Core.Length < prologue.Length) return;
        try
        {
            await core.CopyPrologueAsync(view.Core).ConfigureAwait(false);
        }
        catch (Exception error) when (error is ArgumentException or StorageException)
        {
            // It only saves downloads.
        }
    }

    /// <summary>Whether the indexers are others than those who sign the system core: it was left at the moment of their change.</summary>
    private bool NeedsMigration()
    {
        if (_system.Indexers.Count == 0) return false;
        var signers = _systemView.Core.Manifest?.Signers ?? [];
        var indexers = ManifestsOf(_system.Indexers);
        if (indexers.Count != _system.Indexers.Count) return false;
        if (signers.Length != indexers.Count) return true;
        for (var i = 0; i < signers.Length; i++)
        {
            if (signers[i].PublicKey != indexers[i].Signers[0].PublicKey) return true;
        }

        return false;
    }
}
