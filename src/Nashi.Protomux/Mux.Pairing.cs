using Nashi.Protomux.Protocol;
using Nashi.SecretStream;

namespace Nashi.Protomux;

public sealed partial class Mux
{
    private readonly Dictionary<ChannelKey, Func<ReadOnlyMemory<byte>?, ValueTask>> _askers = [];

    /// <summary>Asks <paramref name="onRemoteOpen"/> when the remote opens a channel that we have not.</summary>
    /// <param name="protocol">The protocol's name.</param>
    /// <param name="id">The id, or null for every id that has no handler of its own.</param>
    /// <param name="onRemoteOpen">
    /// Gets the id the remote named (null for none) and may open the channel; if nobody has when its task completes, the remote is rejected.
    /// Called from the pump, but other messages go on while its task runs. Failing closes the connection.
    /// </param>
    public void Pair(string protocol, ReadOnlyMemory<byte>? id, Func<ReadOnlyMemory<byte>?, ValueTask> onRemoteOpen)
    {
        ArgumentNullException.ThrowIfNull(onRemoteOpen);
        lock (_gate) _askers[ChannelKey.Of(protocol, id.GetValueOrDefault().Span)] = onRemoteOpen;
    }

    /// <summary>Ends one <see cref="Pair"/>.</summary>
    public void Unpair(string protocol, ReadOnlyMemory<byte>? id)
    {
        lock (_gate) _ = _askers.Remove(ChannelKey.Of(protocol, id.GetValueOrDefault().Span));
    }

    private void Ask(ChannelKey key, ReadOnlyMemory<byte> id)
    {
        Func<ReadOnlyMemory<byte>?, ValueTask>? asker;
        lock (_gate)
        {
            if (!_askers.TryGetValue(key, out asker)) _ = _askers.TryGetValue(key with { Id = "" }, out asker);
            if (asker is null) _core.CompletePairing(key);
        }

        if (asker is not null) _ = AskAsync(asker, key, id.IsEmpty ? null : id);
    }

    private async Task AskAsync(Func<ReadOnlyMemory<byte>?, ValueTask> asker, ChannelKey key, ReadOnlyMemory<byte>? id)
    {
        try
        {
            await asker(id).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            Fail(new CloseReason(CloseKind.HandlerFailed, $"Deciding on a channel of '{key.Protocol}' failed.", error));
        }

        lock (_gate) _core.CompletePairing(key);
        Wake();
    }
}
