using Nashi.Chat.Ops;
using Nashi.Chat.State;
using Nashi.Encoding;

namespace Nashi.Chat;

/// <content>Devices that make the order final and are not heard of any more: others take their place.</content>
public sealed partial class Room
{
    /// <summary>After which silence a device is no indexer any more, until it is heard of again.</summary>
    internal static readonly TimeSpan SilenceMax = TimeSpan.FromDays(14);

    // Who was only away itself must first give others the time to come.
    private static readonly TimeSpan LookAfter = TimeSpan.FromMinutes(10);

    private Instant _openedAt;
    private Instant _lookedAt;
    private Task _lookingAtIndexers = Task.CompletedTask;

    private void LookAtIndexers()
    {
        var now = Instant.Now(_options.Clock);
        if (_openedAt == default) _openedAt = _lookedAt = now;
        if (now - _openedAt < LookAfter || now - _lookedAt < LookAfter || !_lookingAtIndexers.IsCompleted || Status != RoomStatus.Ready) return;
        _lookedAt = now;
        if (FindSilent(State) is { } writer) _lookingAtIndexers = TellSilentAsync(writer);
    }

    // The longest-serving of those who may and are heard of says it: once is enough.
    private CoreKey? FindSilent(RoomState state)
    {
        var since = _options.Clock.GetUtcNow() - SilenceMax;
        bool IsSilent(MemberDevice device) =>
            device.Writer != Writer && !_keeper.HasMet(device.Writer, 1) && device.Clock.Time < since && state.Members[device.Identity].Since < since;
        var speaker = state.Devices.Values.Where(device => state.Members[device.Identity].Capabilities.HasFlag(Capabilities.Settings) && !IsSilent(device)).MinBy(device => device.Rank);
        if (speaker?.Writer != Writer) return null;
        foreach (var writer in state.Indexers)
        {
            if (state.Devices.TryGetValue(writer, out var device) && IsSilent(device) && device.Identity != _options.Keys.Proof.Identity) return writer;
        }

        return null;
    }

    private async Task TellSilentAsync(CoreKey writer)
    {
        try
        {
            await WriteAsync(_ => new SilentOp(writer), _closing.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is NashiException or ObjectDisposedException or OperationCanceledException)
        {
            if (!_closing.IsCancellationRequested) Log.RotationFailed(_options.Logger, error, Id);
        }
    }
}
