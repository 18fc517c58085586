using Nashi.Encoding;

namespace Nashi.Autobase.Engine;

/// <content>Acknowledging: empty nodes that let others' become final. Spec: data.md §7.4.</content>
internal sealed partial class BaseEngine
{
    // After that many drains per indexer without a node of ours, the pause is cut short.
    private const int ImpatientAfter = 4;

    // Acknowledgements in a row that moved nothing, after which only news counts.
    private const int PushesMax = 4;

    private readonly List<TaskCompletionSource<Task<ulong>?>> _questions = [];
    private ITimer? _ackTimer;
    private bool _isAckDue;
    private int _unanswered;
    private int _pushes;
    private IReadOnlyList<WriterHead> _indexedViews = [];

    /// <summary>Acknowledges what there is, if that brings anything; ends when it did.</summary>
    public async Task<bool> AckAsync()
    {
        var question = new TaskCompletionSource<Task<ulong>?>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (Failure is { } failure) throw failure;
            _questions.Add(question);
        }

        Wake();
        if (await question.Task.ConfigureAwait(false) is not { } appending) return false;
        await appending.ConfigureAwait(false);
        return true;
    }

    /// <summary>Answers those who asked for an acknowledgement; true when one is to be made.</summary>
    private bool AddPendingAck()
    {
        List<TaskCompletionSource<Task<ulong>?>> questions;
        lock (_gate)
        {
            questions = [.. _questions];
            _questions.Clear();
        }

        if (questions.Count == 0 && !_isAckDue && !IsPendingIndexer()) return false;
        var wants = WantsAck(_isAckDue);
        _isAckDue = false;
        if (wants) _pushes++;
        var request = wants ? new AppendRequest([null], IsOptimistic: false) : null;
        if (request is not null)
        {
            lock (_gate) _requests.Enqueue(request);
        }

        foreach (var question in questions) question.TrySetResult(request?.Done.Task);
        return request is not null;
    }

    private bool WantsAck(bool isDue)
    {
        if (_localFeed is not { IsIdle: true } feed) return false;
        if (IsPendingIndexer() || MustSign()) return true;
        foreach (var indexer in _linearizer.Indexers)
        {
            // First everything that is here: what it says may be enough.
            if (_feeds.TryGetValue(indexer.Key, out var other) && other.Graph.Length < other.Core.ContiguousLength) return false;
        }

        if (_linearizer.ShouldAck(feed.Graph, _system.Indexers.Count > _linearizer.Indexers.Count)) return true;
        return _pushes < PushesMax && _linearizer.IsUndecided(feed.Graph, isDue);
    }

    // The first node makes it an indexer, and its core's manifest known.
    private bool IsPendingIndexer() => _identity.Local.Key != Key && _localFeed is { Graph.IsIndexer: false } && _system.PendingIndexers.Contains(_identity.Local.Key);

    private bool MustSign()
    {
        if (!_isSigner || _localCheckpoints is not { } own) return false;
        if (_indexedViews.Count > own.UserCount) return true;
        for (var i = 0; i < _indexedViews.Count; i++)
        {
            if (own.User(i) is not { } signed || signed.Length < _indexedViews[i].Length) return true;
        }

        return false;
    }

    private void ScheduleAck(bool hasAppended)
    {
        _unanswered = hasAppended ? 0 : _unanswered + 1;
        if (_options.AckInterval <= TimeSpan.Zero || !IsIndexer) return;
        if (_unanswered >= ImpatientAfter * _linearizer.Indexers.Count)
        {
            _unanswered = 0;
            BeDue();
            return;
        }

        if (_ackTimer is not null) return;
        Span<byte> chance = stackalloc byte[2];
        _options.Random.Fill(chance);
        var pause = _options.AckInterval * (1 + (BitConverter.ToUInt16(chance) / 65536.0));
        _ackTimer = _options.Clock.CreateTimer(_ => HandleTimer(), null, pause, Timeout.InfiniteTimeSpan);
    }

    private void HandleTimer()
    {
        _ackTimer?.Dispose();
        _ackTimer = null;
        BeDue();
    }

    private void BeDue()
    {
        _isAckDue = true;
        Wake();
    }
}
