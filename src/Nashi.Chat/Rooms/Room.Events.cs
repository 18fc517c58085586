using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Nashi.Chat.Ops;
using Nashi.Chat.Rooms;
using Nashi.Encoding;

namespace Nashi.Chat;

/// <content>What happens: told to those who watch, and followed by what has to be done.</content>
public sealed partial class Room
{
    private const int WatchMax = 10_000;
    private static readonly TimeSpan ContentPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _watchGate = new();
    private readonly List<Channel<RoomEvent>> _watchers = [];
    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly HashSet<MessageId> _late = [];
    private ImmutableDictionary<CoreKey, ulong> _announced = ImmutableDictionary<CoreKey, ulong>.Empty;
    private ImmutableDictionary<CoreKey, ulong> _delivered;
    private RoomState? _told;
    private RoomStatus _toldStatus;
    private ulong _seen;
    private ulong _fetched;
    private Instant _savedAt;
    private volatile TaskCompletionSource _turned = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What happens from now on, until cancelled or closed. Events wait for a slow reader; beyond 10 000 the oldest are lost.</summary>
    public IAsyncEnumerable<RoomEvent> WatchAsync(CancellationToken cancellationToken = default)
    {
        // From now on, not from when the first is asked for.
        var events = Channel.CreateBounded<RoomEvent>(new BoundedChannelOptions(WatchMax) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_watchGate) _watchers.Add(events);
        if (_closing.IsCancellationRequested) events.Writer.TryComplete();
        return ReadAsync(events, cancellationToken);
    }

    /// <summary>Where a message of ours is known to be.</summary>
    public Delivery DeliveryOf(MessageId id)
    {
        var state = State;
        var others = state.Members.Count - (state.Members.ContainsKey(_options.Keys.Proof.Identity) ? 1 : 0);
        var have = state.Devices.Values.Where(device => device.Identity != _options.Keys.Proof.Identity && _delivered.GetValueOrDefault(device.Writer) >= id.Length).Select(device => device.Identity).Distinct().Count();
        return new(id.Writer == Writer, CountBlindPeers(id), id.Writer == Writer ? have : 0, others);
    }

    /// <summary>Ends when everything we wrote is on another member's device or a blind peer, or the patience is over.</summary>
    /// <returns>Whether it is.</returns>
    public async ValueTask<bool> FlushAsync(TimeSpan patience, CancellationToken cancellationToken = default)
    {
        if (!State.Devices.TryGetValue(Writer, out var device) || State.Devices.Count == 1) return true;
        var last = new MessageId(Writer, device.Length);
        bool IsThere() => DeliveryOf(last) is { Members: > 0 } or { BlindPeers: > 0 };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        limit.CancelAfter(patience);
        await WaitUntilAsync(IsThere, limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return IsThere();
    }

    /// <summary>Ends after the next turn of the pump.</summary>
    internal Task Turned => _turned.Task;

    /// <summary>Ends when something is true; looks after each turn of the pump.</summary>
    internal async Task WaitUntilAsync(Func<bool> isTrue, CancellationToken cancellationToken)
    {
        while (true)
        {
            var turned = _turned.Task;
            if (isTrue()) return;
            await turned.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async IAsyncEnumerable<RoomEvent> ReadAsync(Channel<RoomEvent> events, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var one in events.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false)) yield return one;
        }
        finally
        {
            lock (_watchGate) _watchers.Remove(events);
        }
    }

    private void Tell(RoomEvent one)
    {
        Channel<RoomEvent>[] watchers;
        lock (_watchGate) watchers = [.. _watchers];
        foreach (var watcher in watchers) watcher.Writer.TryWrite(one);
    }

    private void EndWatchers()
    {
        lock (_watchGate)
        {
            foreach (var watcher in _watchers) watcher.Writer.TryComplete();
        }
    }

    private void Wake() => _wakes.Writer.TryWrite(true);

    private async Task PumpAsync()
    {
        await foreach (var _ in _wakes.Reader.ReadAllAsync(_closing.Token).ConfigureAwait(false))
        {
            try
            {
                await TurnAsync(_closing.Token).ConfigureAwait(false);
            }
            catch (Exception error) when (!_closing.IsCancellationRequested)
            {
                Log.PumpFailed(_options.Logger, error, Id);
            }

            var turned = _turned;
            _turned = new(TaskCreationOptions.RunContinuationsAsynchronously);
            turned.TrySetResult();
        }
    }

    private async ValueTask TurnAsync(CancellationToken cancellationToken)
    {
        var state = State;
        await OpenContentsAsync(state).ConfigureAwait(false);
        var length = _handler.Log.Length;
        var from = Math.Min(Math.Min(_seen, _handler.TakeLowest()), length);
        _fetched = Math.Min(_fetched, from);
        var news = await CollectAsync(Math.Min(from, _fetched), from, length, cancellationToken).ConfigureAwait(false);
        _seen = length;
        TellMembers(state);
        foreach (var (entry, envelope, position) in news) await TellAsync(entry, envelope, position, cancellationToken).ConfigureAwait(false);
        await TellLateAsync(cancellationToken).ConfigureAwait(false);
        if (_contents.IsComplete) _fetched = length;
        if (Status != _toldStatus) Tell(new StatusEvent(_toldStatus = Status));
        if (!ReferenceEquals(state, _told) || news.Count > 0)
        {
            if (_told is null || state.Epochs.Length != _told.Epochs.Length) Tell(new KeyChangedEvent());
            _told = state;
            if (_folder.Meta.Name != Name || (_folder.Meta.Link is not null && state.Devices.ContainsKey(Writer))) SaveMeta();
            _keeper.ReviewAll(withHello: false);
            UpdateNetwork(state);
            ScheduleRotation();
        }

        _keeper.SendHaves(state, _contents);
        LookAtIndexers();
        SaveWhenDue();
    }

    // Contents that ops name are fetched; ops that were told already are not told again when their place in the order changed.
    private async ValueTask<List<(LogEntry Entry, Envelope? Envelope, ulong Position)>> CollectAsync(ulong from, ulong newFrom, ulong to, CancellationToken cancellationToken)
    {
        var news = new List<(LogEntry, Envelope?, ulong)>();
        for (var at = from; at < to; at++)
        {
            if (await ReadAsync(at, cancellationToken).ConfigureAwait(false) is not { } entry) continue;
            var envelope = _handler.Read(entry);
            Want(entry, envelope);
            if (at < newFrom || _announced.GetValueOrDefault(entry.Id.Writer) >= entry.Id.Length) continue;
            _announced = _announced.SetItem(entry.Id.Writer, entry.Id.Length);
            news.Add((entry, envelope, at));
        }

        foreach (var (entry, envelope, _) in news)
        {
            if (envelope?.Op is DeleteOp delete) await ClearAsync(delete.Target, all: true, cancellationToken).ConfigureAwait(false);
            else if (envelope?.Op is RemoveMemberOp) _remover = State.AuthorOf(entry.Id.Writer);
            else if (envelope?.Op is EditOp edit) await ClearAsync(edit.Target, all: false, cancellationToken).ConfigureAwait(false);
        }

        return news;
    }

    private void Want(LogEntry entry, Envelope? envelope)
    {
        if (entry.Id.Writer == Writer || State.IsVoid(entry.Id) || State.ContentOf(entry.Id.Writer) is not { } core) return;
        if (envelope?.Op is PostOp post) _contents.Want(core, entry.Id, post.Block);
        else if (envelope?.Op is EditOp edit) _contents.Want(core, entry.Id, edit.Block);
    }

    private async ValueTask TellAsync(LogEntry entry, Envelope? envelope, ulong position, CancellationToken cancellationToken)
    {
        if (entry.Verdict != Refusal.None) Tell(new RefusedEvent(entry.Id, State.AuthorOf(entry.Id.Writer), entry.Verdict));
        if (envelope is null || State.AuthorOf(entry.Id.Writer) is not { } by || !HasWatchers()) return;
        switch (envelope.Op)
        {
            case PostOp post when await RenderWhenHereAsync(entry, post.Block, position, cancellationToken).ConfigureAwait(false) is { } message: Tell(new MessageEvent(message)); break;
            case EditOp edit when await FindAsync(edit.Target, cancellationToken).ConfigureAwait(false) is { } message:
                if (message.IsMissing) _late.Add(message.Id);
                else Tell(new EditedEvent(message));
                break;
            case DeleteOp delete: Tell(new DeletedEvent(delete.Target, by)); break;
            case ReactOp react: Tell(new ReactionEvent(react.Target, by, react.Emoji, react.IsOn)); break;
            case SetRoleOp or SetRoomOp or SetNameOp or MuteOp or MakeInviteOp or RevokeInviteOp: Tell(new RoomChangedEvent(by)); break;
        }
    }

    // The op mostly comes a moment before its content.
    private async ValueTask<ChatMessage?> RenderWhenHereAsync(LogEntry entry, ulong block, ulong position, CancellationToken cancellationToken)
    {
        if (State.ContentOf(entry.Id.Writer) is { } key && !await _contents.HasAsync(key, block).ConfigureAwait(false) && _keeper.Count > 0) await WaitForContentAsync(key, block, cancellationToken).ConfigureAwait(false);
        var message = await RenderAsync(entry, position, cancellationToken).ConfigureAwait(false);
        if (message is { IsMissing: true }) _late.Add(message.Id);
        return message;
    }

    private async ValueTask WaitForContentAsync(CoreKey key, ulong block, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ContentPatience);
        var came = new SemaphoreSlim(0);
        void Note() => came.Release();
        _contents.Changed += Note;
        try
        {
            while (!await _contents.HasAsync(key, block).ConfigureAwait(false)) await came.WaitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Told without it, and once more when it comes.
        }
        finally
        {
            _contents.Changed -= Note;
        }
    }

    private async ValueTask TellLateAsync(CancellationToken cancellationToken)
    {
        foreach (var id in _late.ToArray())
        {
            if (await FindAsync(id, cancellationToken).ConfigureAwait(false) is { IsMissing: true }) continue;
            _late.Remove(id);
            if (await FindAsync(id, cancellationToken).ConfigureAwait(false) is { IsDeleted: false } message) Tell(new EditedEvent(message));
        }
    }

    private PublicKey? _remover;
    private int? _unread;

    private void TellMembers(RoomState state)
    {
        if (_told is null || ReferenceEquals(state.Members, _told.Members)) return;
        foreach (var member in state.Members.Values)
        {
            if (!_told.Members.ContainsKey(member.Identity)) Tell(new MemberJoinedEvent(member));
        }

        foreach (var member in _told.Members.Values)
        {
            if (!state.Members.ContainsKey(member.Identity)) Tell(new MemberLeftEvent(member, _remover ?? member.Identity));
        }
    }

    private bool HasWatchers()
    {
        lock (_watchGate) return _watchers.Count > 0;
    }

    private async ValueTask OpenContentsAsync(RoomState state)
    {
        if (_told is not null && _hasOpened && ReferenceEquals(state.Members, _told.Members)) return;
        _hasOpened = true;
        foreach (var device in state.Devices.Values) await _contents.OpenAsync(device.Content).ConfigureAwait(false);
    }

    private bool _hasOpened;

    private void SaveWhenDue()
    {
        var now = Instant.Now(_options.Clock);
        if (now - _savedAt < SaveInterval) return;
        _savedAt = now;
        SaveMeta();
    }

    private void SaveMeta()
    {
        try
        {
            var (state, isNew) = (State, !_announcedSaved.Equals(_announced));
            _announcedSaved = _announced;
            _folder.Update(meta => meta with
            {
                Name = state.IsCreated ? state.Name : meta.Name,
                IsRemoved = state.Former.ContainsKey(Writer),
                Link = state.Devices.ContainsKey(Writer) ? null : meta.Link,
                Keys = [.. _keyring.List().Select(key => key.Value)],
                Records = state.IsCreated ? [] : [.. _keyring.ListRecords().Select(record => (ReadOnlyMemory<byte>)record.Encode())],
                Delivered = _delivered,
                FetchedPosition = _fetched,
                Unread = _unread ?? meta.Unread,
                LastActivity = isNew ? (ulong)_options.Clock.GetUtcNow().ToUnixTimeMilliseconds() : meta.LastActivity,
            });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Log.SavingFailed(_options.Logger, error, Id);
        }
    }

    private ImmutableDictionary<CoreKey, ulong> _announcedSaved = ImmutableDictionary<CoreKey, ulong>.Empty;
}
