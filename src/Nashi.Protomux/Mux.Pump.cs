using Nashi.Protomux.Protocol;
using Nashi.SecretStream;

namespace Nashi.Protomux;

public sealed partial class Mux
{
    // Whoever holds the lane is the only one to call handlers.
    private readonly SemaphoreSlim _lane = new(1, 1);
    private TaskCompletionSource? _resume;
    private bool _isDispatching;
    private bool _isWakeQueued;
    private bool _isDrainAwaited;
    private bool _isAutoCorked;

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var read = await Stream.ReadAsync().ConfigureAwait(false);
                if (read.IsCompleted) break;
                await ProcessAsync(read.Message).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            Fail(new CloseReason(CloseKind.RawClosed, "Reading from the connection failed.", error));
        }

        await FinishAsync().ConfigureAwait(false);
    }

    private async ValueTask ProcessAsync(ReadOnlyMemory<byte> frame)
    {
        lock (_gate) _core.HandleFrame(frame);
        while (!await DispatchAsync().ConfigureAwait(false))
        {
            Task resumed;
            lock (_gate)
            {
                if (!_core.IsPaused) continue;
                _resume ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                resumed = _resume.Task;
            }

            await resumed.ConfigureAwait(false);
        }
    }

    /// <summary>Calls handlers until nothing is left to tell; false when part of the frame has to wait.</summary>
    private async ValueTask<bool> DispatchAsync()
    {
        await _lane.WaitAsync().ConfigureAwait(false);
        try
        {
            while (TryPoll(out var next))
            {
                try
                {
                    var handled = Deliver(next);
                    if (!handled.IsCompleted) AutoUncork();
                    await handled.ConfigureAwait(false);
                }
                catch (Exception error)
                {
                    HandlerFailed(next.Channel, error);
                }

                MuxCore.Release(next);
            }

            // Asked while the lane is ours: once it is free another may be handling the end of the frame.
            return IsFrameDone();
        }
        finally
        {
            AutoUncork();
            _ = _lane.Release();
        }
    }

    private bool IsFrameDone()
    {
        lock (_gate) return !_core.HasInput;
    }

    private bool TryPoll(out MuxEvent next)
    {
        lock (_gate)
        {
            _isDispatching = _core.PollEvent(out next);
            if (_isDispatching && _core.IsBatch && _core.HasInput && !_isAutoCorked)
            {
                _isAutoCorked = true;
                _core.Cork();
            }

            if (!_core.IsPaused || !_core.HasInput) Resume();
            return _isDispatching;
        }
    }

    private void AutoUncork()
    {
        lock (_gate)
        {
            if (!_isAutoCorked) return;
            _isAutoCorked = false;
            _core.Uncork();
        }
    }

    private ValueTask Deliver(in MuxEvent next)
    {
        var channel = next.Channel?.Owner as Channel;
        switch (next.Kind)
        {
            case MuxEventKind.Message:
                return channel!.Options.Handler.OnMessageAsync(channel, next.Type, next.Payload);
            case MuxEventKind.Open:
                channel!.Options.Handler.OnOpen(channel, next.Payload.Span);
                break;
            case MuxEventKind.Close:
                channel!.Options.Handler.OnClose(channel, next.IsRemote);
                break;
            case MuxEventKind.Drain:
                channel!.Options.Handler.OnDrain(channel);
                break;
            case MuxEventKind.Pair:
                Ask(next.Key, next.Payload);
                break;
            case MuxEventKind.Violation:
                Fail(next.Reason!);
                break;
        }

        return default;
    }

    private void HandlerFailed(MuxChannel? channel, Exception error)
    {
        var protocol = (channel?.Owner as Channel)?.Protocol ?? "";
        Log.HandlerFailed(_log, protocol, error);
        if (channel is { IsClosed: true }) return;
        Fail(new CloseReason(CloseKind.HandlerFailed, $"A handler of '{protocol}' failed.", error));
    }

    private void Fail(CloseReason reason)
    {
        lock (_gate)
        {
            _failure ??= reason;
            _core.Shutdown(isRemote: true);
            Resume();
        }

        Log.Closing(_log, reason.Kind, reason.Message);
        Stream.Abort(reason);
    }

    private async Task FinishAsync()
    {
        lock (_gate)
        {
            _core.Shutdown(isRemote: true);
            Resume();
        }

        _ = await DispatchAsync().ConfigureAwait(false);
        try
        {
            await Stream.EndAsync().ConfigureAwait(false);
        }
        catch (MessageStreamClosedException)
        {
            // It closed by itself: its reason is below.
        }

        var reason = await Stream.Closed.ConfigureAwait(false);
        _ = _closed.TryClose(_failure ?? reason);
    }

    /// <summary>Has the handlers called when something happened outside the pump. Call without the lock.</summary>
    private void Wake()
    {
        lock (_gate)
        {
            if (!_core.IsPaused) Resume();
            if (!_core.HasEvents || _isDispatching || _isWakeQueued) return;
            _isWakeQueued = true;
        }

        _ = ThreadPool.UnsafeQueueUserWorkItem(static mux => _ = mux.WakeAsync(), this, preferLocal: false);
    }

    private async Task WakeAsync()
    {
        lock (_gate) _isWakeQueued = false;
        _ = await DispatchAsync().ConfigureAwait(false);
    }

    private void Resume()
    {
        _ = _resume?.TrySetResult();
        _resume = null;
    }

    /// <summary>Call under the lock.</summary>
    private void WaitForDrain()
    {
        if (_isDrainAwaited) return;
        _isDrainAwaited = true;
        _ = DrainAsync();
    }

    private async Task DrainAsync()
    {
        try
        {
            await Stream.FlushAsync().ConfigureAwait(false);
        }
        catch (MessageStreamClosedException)
        {
            // Nobody needs to send any more; the pump tells the handlers.
        }

        lock (_gate)
        {
            _isDrainAwaited = false;
            _core.HandleDrained();
        }

        Wake();
    }
}
