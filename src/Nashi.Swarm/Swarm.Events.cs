using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Nashi.Encoding;

namespace Nashi.Swarm;

/// <content>What happens, as a stream of events.</content>
public sealed partial class Swarm
{
    private const int EventsKept = 1024;

    private readonly Lock _eventGate = new();
    private readonly List<Channel<SwarmEvent>> _listeners = [];
    private bool _hasEndedEvents;

    /// <summary>What happens from now on, until the swarm is closed. Who reads slowly misses the oldest of more than a thousand. Any number may listen.</summary>
    public IAsyncEnumerable<SwarmEvent> EventsAsync(CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateBounded<SwarmEvent>(new BoundedChannelOptions(EventsKept) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_eventGate)
        {
            if (_hasEndedEvents) channel.Writer.TryComplete();
            else _listeners.Add(channel);
        }

        return ListenAsync(channel, cancellationToken);
    }

    private async IAsyncEnumerable<SwarmEvent> ListenAsync(Channel<SwarmEvent> channel, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var happened in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false)) yield return happened;
        }
        finally
        {
            lock (_eventGate) _listeners.Remove(channel);
        }
    }

    private void Emit(SwarmEvent happened)
    {
        lock (_eventGate)
        {
            foreach (var listener in _listeners) listener.Writer.TryWrite(happened);
        }
    }

    private void EmitFailed(PublicKey peer, Exception error) => Emit(new SwarmEvent(SwarmEventKind.Failed)
    {
        Peer = peer,
        Code = (error as NashiException)?.Code ?? (error is OperationCanceledException ? "CANCELLED" : null),
        Reason = error.Message,
    });

    private void EmitClosed(SwarmConnection connection) => Emit(new SwarmEvent(SwarmEventKind.Closed)
    {
        Peer = connection.RemotePublicKey,
        Connection = connection,
        Reason = connection.Stream.Closed is { IsCompletedSuccessfully: true, Result: var reason } ? reason.Message : null,
    });

    private void EndEvents()
    {
        lock (_eventGate)
        {
            _hasEndedEvents = true;
            foreach (var listener in _listeners) listener.Writer.TryComplete();
            _listeners.Clear();
        }
    }
}
