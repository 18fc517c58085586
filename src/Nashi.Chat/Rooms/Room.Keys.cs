using System.Collections.Immutable;
using Nashi.Chat.Epochs;
using Nashi.Chat.Ops;
using Nashi.Chat.Rooms;
using Nashi.Chat.State;
using Nashi.Encoding;

namespace Nashi.Chat;

/// <content>The room's keys: which to use, and when to change it (R1–R4).</content>
public sealed partial class Room
{
    private ITimer? _rotation;
    private ulong _rotationFor;

    /// <summary>The key to write with: the current one; when that is stale a new one, which we make or wait for.</summary>
    private async ValueTask<SealingKey> ChooseKeyAsync(CancellationToken cancellationToken)
    {
        var state = State;
        if (!state.Devices.ContainsKey(Writer)) throw Refused(Refusal.NotAMember);
        if (state.Current is null)
        {
            if (Self is { } self && self.Capabilities.HasFlag(Capabilities.Rotate)) await RotateLockedAsync(cancellationToken).ConfigureAwait(false);
            else await WaitForRekeyAsync(cancellationToken).ConfigureAwait(false);
            state = State;
        }

        var epoch = state.Current ?? state.Epochs[^1];
        if (_keyring.TryGet(epoch.KeyId, out var key)) return new(epoch.KeyId, key, epoch.IsStale);

        // It was made before its maker had heard of us.
        foreach (var older in state.Epochs.Reverse())
        {
            if (!older.IsStale && _keyring.TryGet(older.KeyId, out key)) return new(older.KeyId, key, false);
        }

        return new(epoch.KeyId, await _keyring.WaitAsync(epoch.KeyId, cancellationToken).ConfigureAwait(false), epoch.IsStale);
    }

    private async ValueTask WaitForRekeyAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        patience.CancelAfter(RekeyPatience);
        await WaitUntilAsync(() => State.Current is not null, patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Makes a new key for everybody who is a member now.</summary>
    internal async ValueTask RotateAsync(CancellationToken cancellationToken = default)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (State.NeedsRotation) await RotateLockedAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async ValueTask RotateLockedAsync(CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> value = OpFrame.Frame(NewRecord(State, EpochReason.MemberRemoved));
        await AppendAsync([value], value, cancellationToken).ConfigureAwait(false);
    }

    private EpochRecord NewRecord(RoomState state, EpochReason reason)
    {
        var older = new List<KeyValuePair<ulong, Bytes32>>();
        foreach (var epoch in state.Epochs.Reverse())
        {
            if (older.Count < EpochRecord.MaxBack && _keyring.TryGet(epoch.KeyId, out var key)) older.Add(new(epoch.KeyId, key));
        }

        return EpochRecord.Create(Id, NewKey(), reason, state.Devices.Values.OrderBy(device => device.Rank).Select(device => device.Box), older, _options.Random);
    }

    // R3: whoever may, after a while that is shorter for those who were here longer, so that mostly one does it.
    private void ScheduleRotation()
    {
        var state = State;
        if (!state.NeedsRotation || Self is not { } self || !self.Capabilities.HasFlag(Capabilities.Rotate))
        {
            _rotation?.Dispose();
            (_rotation, _rotationFor) = (null, 0);
            return;
        }

        // One delay for one need.
        var need = (ulong)state.Epochs.Length + (state.Arrivals << 32) + 1;
        if (_rotationFor == need) return;
        _rotationFor = need;
        var delay = RotationDelay.Of(state, Writer, _options.Random);
        _rotation?.Dispose();
        _rotation = _options.Clock.CreateTimer(_ => _ = RotateWhenDueAsync(), null, delay, Timeout.InfiniteTimeSpan);
    }

    private async Task RotateWhenDueAsync()
    {
        try
        {
            await RotateAsync(_closing.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is NashiException or ObjectDisposedException or OperationCanceledException)
        {
            if (!_closing.IsCancellationRequested) Log.RotationFailed(_options.Logger, error, Id);
        }
    }

    private void HandleKeys()
    {
        if (_closing.IsCancellationRequested) return;
        SaveMeta();
        _keeper.ReviewAll(withHello: true);
        Wake();
    }
}
