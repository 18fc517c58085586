using System.Threading.Channels;
using Nashi.Encoding;
using Nashi.Protomux.Wakeup;

namespace Nashi.Protomux.Tests.Wakeup;

/// <summary>Keeps what it is told.</summary>
internal sealed class WakeupRecorder : IWakeupHandler
{
    private readonly Channel<string> _events = System.Threading.Channels.Channel.CreateUnbounded<string>();

    public async Task<string> NextAsync() => await _events.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));

    public void OnPeerAdded(WakeupSession session, WakeupPeer peer) => Tell("added");

    public void OnPeerRemoved(WakeupSession session, WakeupPeer peer) => Tell("removed");

    public void OnPeerActivity(WakeupSession session, WakeupPeer peer, bool isActive) => Tell(isActive ? "active" : "inactive");

    public void OnLookup(WakeupSession session, WakeupPeer peer, Bytes32? known) => Tell($"lookup {(known is { } hash ? hash.AsSpan()[0] : "all")}");

    public void OnAnnounce(WakeupSession session, WakeupPeer peer, IReadOnlyList<WakeupWriter> writers) =>
        Tell("announce " + string.Join(' ', writers.Select(writer => $"{writer.Key.Value.AsSpan()[0]}:{writer.Length}")));

    public void OnClosed(WakeupSession session) => Tell("closed");

    private void Tell(string what) => Assert.True(_events.Writer.TryWrite(what));
}
