using Microsoft.Extensions.Logging;
using Nashi.Autobase.Graph;
using Nashi.Autobase.Messages;
using Nashi.Autobase.State;
using Nashi.Encoding;
using Nashi.Hypercore;

namespace Nashi.Autobase.Engine;

/// <summary>Runs a base: reads writers, asks the linearizer for the order, lets the application apply it, signs what is final and stores all of it.</summary>
/// <remarks>
/// One pump does all the work, one drain after another; everybody else only wakes it. A drain feeds what writers have to the graph, applies what changed, and stores
/// views, system and the local writer's new blocks as one atom, so that a crash leaves the state before it or after it. On opening, everything that was not final
/// is cut from the views and applied again. Spec: data.md §7, §8.
/// </remarks>
internal sealed partial class BaseEngine : IAsyncDisposable
{
    private const int DrainLimit = 256;
    private const int PutOffMax = 64;
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(1);

    private readonly Corestore _store;
    private readonly AutobaseOptions _options;
    private readonly IAutobaseHandler _handler;
    private readonly BaseIdentity _identity;
    private readonly ViewManifests _manifests;
    private readonly CoreAtom _atom;
    private readonly Core _local;
    private readonly AutobaseViews _views;
    private readonly AutobaseView _systemView;
    private readonly SystemView _system;
    private readonly List<LinearizerUpdate> _updates = [];
    private readonly CancellationTokenSource _closing = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly Lock _gate = new();
    private readonly Queue<AppendRequest> _requests = new();
    private List<TaskCompletionSource> _waiting = [];
    private List<TaskCompletionSource> _beingServed = [];
    private Linearizer _linearizer = null!;
    private Task _pump = Task.CompletedTask;
    private ulong _indexedLength;
    private bool _isApplying;
    private bool _mustStore;

    // What is not final is yet to be applied again: until then rights are not what they were, and what was appended is not in the views.
    private bool _isBehind;
    private int _putOff;

    private BaseEngine(Corestore store, BaseIdentity identity, IAutobaseHandler handler, AutobaseOptions options)
    {
        (_store, _identity, _handler, _options) = (store, identity, handler, options);
        _manifests = new(identity.Key, identity.EncryptionKey);
        _atom = new(store.Storage);
        _local = identity.Local.Session(new CoreSessionOptions { Atom = _atom, IsWritable = true, EncryptionKey = identity.EncryptionKey });
        _views = new(() => _isApplying);
        _systemView = new(SystemView.Name, static () => true);
        _system = new(_systemView);
        _systemView.Signed += HandleSystemSigned;
    }

    /// <summary>Raised after a drain that changed something.</summary>
    public event Action? Updated;

    public CoreKey Key => _identity.Key;

    public Core Local => _identity.Local;

    public ReadOnlyMemory<byte>? EncryptionKey => _identity.EncryptionKey;

    public Corestore Store => _store;

    public AutobaseOptions Options => _options;

    public AutobaseView SystemLog => _systemView;

    public SystemView System => _system;

    public ulong IndexedLength => _indexedLength;

    public bool IsWritable => _localFeed is { Graph.IsRemoved: false };

    public bool IsIndexer => _localFeed is { Graph.IsIndexer: true };

    /// <summary>Why it stopped; null while it runs.</summary>
    public Exception? Failure { get; private set; }

    public static async ValueTask<BaseEngine> OpenAsync(Corestore store, CoreKey? key, IAutobaseHandler handler, AutobaseOptions options, CancellationToken cancellationToken)
    {
        var identity = await BaseIdentity.OpenAsync(store, key, options, cancellationToken).ConfigureAwait(false);
        var engine = new BaseEngine(store, identity, handler, options);
        handler.Open(engine._views);
        engine._views.Seal();
        await engine.BootAsync(cancellationToken).ConfigureAwait(false);
        if (options.Wakeup is { } wakeup) engine.JoinWakeup(wakeup);
        engine._pump = Task.Run(engine.PumpAsync, CancellationToken.None);
        engine.Wake();
        return engine;
    }

    /// <summary>Makes the pump look again.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            if (_wake.CurrentCount == 0) _wake.Release();
        }
    }

    /// <summary>Ends when everything that is here was taken in.</summary>
    public Task UpdateAsync()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (Failure is { } failure) return Task.FromException(failure);
            _waiting.Add(done);
        }

        Wake();
        return done.Task;
    }

    public Task<ulong> AppendAsync(AppendRequest request)
    {
        lock (_gate)
        {
            if (Failure is { } failure) return Task.FromException<ulong>(failure);
            _requests.Enqueue(request);
        }

        Wake();
        return request.Done.Task;
    }

    public async ValueTask DisposeAsync()
    {
        if (_closing.IsCancellationRequested) return;
        await _closing.CancelAsync().ConfigureAwait(false);
        LeaveWakeup();
        Wake();
        await _pump.ConfigureAwait(false);
        await _fastForwarding.ConfigureAwait(false);
        await LeaveNextSystemAsync().ConfigureAwait(false);
        _ackTimer?.Dispose();
        Stop(new ObjectDisposedException(nameof(Autobase)));
        await CloseWritersAsync().ConfigureAwait(false);
        foreach (var view in _views.All) await view.DetachAsync().ConfigureAwait(false);
        await _systemView.DetachAsync().ConfigureAwait(false);
        await _local.DisposeAsync().ConfigureAwait(false);
        await _identity.Local.DisposeAsync().ConfigureAwait(false);
        _closing.Dispose();
        _wake.Dispose();
    }

    private async Task PumpAsync()
    {
        try
        {
            while (!_closing.IsCancellationRequested)
            {
                await _wake.WaitAsync(_closing.Token).ConfigureAwait(false);
                lock (_gate) (_beingServed, _waiting) = (_waiting, []);
                await DrainAsync().ConfigureAwait(false);
                ServeWaiting();
            }
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // Closed.
        }
        catch (Exception error)
        {
            // Whatever the application threw: nothing of the drain was stored.
            _systemView.Drop();
            foreach (var view in _views.All) view.Drop();
            _atom.Clear();
            Log.Stopped(_options.Logger, error, Key);
            Stop(error);
        }
    }

    private void ServeWaiting()
    {
        // The state that is being fetched is part of what is here.
        if (IsFastForwarding || _target is not null)
        {
            lock (_gate) _waiting.AddRange(_beingServed);
        }
        else
        {
            foreach (var one in _beingServed) one.TrySetResult();
        }

        lock (_gate) _beingServed = [];
    }

    private void Stop(Exception failure)
    {
        List<TaskCompletionSource> waiting;
        List<TaskCompletionSource<Task<ulong>?>> questions;
        List<AppendRequest> requests;
        lock (_gate)
        {
            Failure ??= failure;
            waiting = [.. _waiting, .. _beingServed];
            _waiting = [];
            questions = [.. _questions];
            _questions.Clear();
            requests = [.. _requests, .. _inWork];
            _requests.Clear();
        }

        foreach (var one in waiting) one.TrySetException(failure);
        foreach (var question in questions) question.TrySetException(failure);
        foreach (var request in requests) request.Done.TrySetException(failure);
    }

    // Making blocks final costs as much as making them. While more work comes at once it is put off; whoever waits for an update is told after it.
    private async ValueTask<bool> TryCommitWhenQuietAsync()
    {
        if (_putOff < PutOffMax && await _wake.WaitAsync(Grace, _closing.Token).ConfigureAwait(false))
        {
            _putOff++;
            Wake();
            if (_beingServed.Count == 0) return false;
        }

        _putOff = 0;
        return await TryCommitSignedAsync().ConfigureAwait(false);
    }

    private async ValueTask DrainAsync()
    {
        var (hasChanged, hasAppended) = (false, false);
        while (!_closing.IsCancellationRequested)
        {
            hasChanged |= await TryLandAsync().ConfigureAwait(false);
            await OpenHintedAsync().ConfigureAwait(false);
            await OpenHeardAsync().ConfigureAwait(false);
            await QueueFastForwardAsync().ConfigureAwait(false);
            var added = IsFastForwarding ? 0 : await ReadWritersAsync().ConfigureAwait(false);
            var nodes = _isBehind ? [] : AddLocal();
            hasChanged |= added > 0 || nodes.Count > 0;
            hasAppended |= nodes.Count > 0;
            var isMigrated = _linearizer.Update() is { } step && await ApplyAsync(step).ConfigureAwait(false);
            if (nodes.Count > 0) await AppendLocalAsync(nodes, isMigrated).ConfigureAwait(false);
            if (added > 0 || nodes.Count > 0 || _mustStore) await StoreAsync().ConfigureAwait(false);
            if (isMigrated) await MigrateAsync().ConfigureAwait(false);
            else if (added < DrainLimit) _isBehind = false;
            if (!_isBehind) CompleteRequests();
            if (!isMigrated && added < DrainLimit && !HasWork() && !AddPendingAck()) break;
        }

        await QueueFastForwardAsync().ConfigureAwait(false);
        hasChanged |= await TryCommitWhenQuietAsync().ConfigureAwait(false);
        AnnounceNews();
        if (!hasChanged) return;
        ScheduleAck(hasAppended);
        Updated?.Invoke();
    }
}
