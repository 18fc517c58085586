using System.Collections.Concurrent;
using Nashi.Datagrams;
using Nashi.Udx.Driver;

namespace Nashi.Udx;

/// <summary>Sockets and the streams on them. A stream's id is unique in its host, and its packets may come by any of the sockets.</summary>
/// <remarks>Thread-safe. One thread receives from a socket; a stream's work is done by that thread and by those that read and write it, one at a time.</remarks>
public sealed class UdxHost : IAsyncDisposable
{
    private readonly ConcurrentDictionary<uint, UdxStream> _streams = new();
    private readonly ConcurrentDictionary<UdxSocket, byte> _sockets = new();
    private int _open;
    private volatile bool _disposed;

    /// <summary>Makes a host without sockets.</summary>
    public UdxHost(UdxOptions? options = null) => Options = options ?? UdxOptions.Default;

    internal UdxOptions Options { get; }

    /// <summary>Handlers that threw, on any of the sockets that are open.</summary>
    internal long HandlerFaults => _sockets.Keys.Sum(socket => socket.HandlerFaults);

    // All sockets of a host share one: its datagrams are handled one at a time then, and nobody waits for a lock.
    internal SocketLoop? Loop { get; } = SocketLoop.Next();

    /// <summary>How many streams are open.</summary>
    public int StreamCount => Volatile.Read(ref _open);

    /// <summary>Opens a socket and starts receiving.</summary>
    /// <exception cref="DatagramException">The address or port is not to be had.</exception>
    public UdxSocket Bind(UdpAddress local) => Adopt(OpenQuiet(local), null);

    /// <summary>Opens a socket that sends, but from which nobody receives until it is given to <see cref="Adopt"/>. The caller owns it: many are cheap.</summary>
    /// <exception cref="DatagramException">The address or port is not to be had.</exception>
    public IDatagramSocket OpenQuiet(UdpAddress local)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Options.OpenSocket(local, Options.Datagrams);
    }

    /// <summary>Starts receiving from a quiet socket, and owns it from then on.</summary>
    /// <param name="quiet">The socket.</param>
    /// <param name="handler">Who receives datagrams that belong to no stream, those included that wait already.</param>
    public UdxSocket Adopt(IDatagramSocket quiet, UdxDatagramHandler? handler)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var socket = new UdxSocket(this, quiet, handler);
        _sockets[socket] = 0;
        return socket;
    }

    /// <summary>Makes a stream that is not connected yet.</summary>
    /// <param name="localId">Our id of it, which the remote puts into its packets.</param>
    /// <param name="options">How it behaves.</param>
    /// <exception cref="InvalidOperationException">The id is in use, or there are too many streams.</exception>
    public UdxStream CreateStream(uint localId, UdxStreamOptions? options = null)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (StreamCount >= Options.StreamsMax) throw new InvalidOperationException($"There are {Options.StreamsMax} streams already.");
        var stream = new UdxStream(this, localId, (options ?? UdxStreamOptions.Default).Validate());
        // One that is over only lingers to repeat its last word.
        if (_streams.TryGetValue(localId, out var old) && old.Closed.IsCompleted) Forget(old);
        if (!_streams.TryAdd(localId, stream)) throw new InvalidOperationException($"The stream id {localId} is in use.");
        _ = Interlocked.Increment(ref _open);
        return stream;
    }

    /// <summary>Has every stream speak at once, because the machine slept or its network changed.</summary>
    public void ProbeAll()
    {
        foreach (var stream in _streams.Values) stream.Probe();
    }

    /// <summary>Gives up every stream, telling the remotes. The sockets stay open.</summary>
    public void AbortAll()
    {
        foreach (var stream in _streams.Values) stream.Abort();
    }

    /// <summary>Closes all sockets and streams.</summary>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        foreach (var stream in _streams.Values) stream.Abort();
        foreach (var socket in _sockets.Keys) await socket.DisposeAsync().ConfigureAwait(false);
    }

    internal Instant Now() => Instant.Now(Options.Clock);

    internal bool TryFind(uint id, out UdxStream stream) => _streams.TryGetValue(id, out stream!);

    internal void HandleClosed() => Interlocked.Decrement(ref _open);

    internal void Forget(UdxStream stream) => _streams.TryRemove(new(stream.LocalId, stream));

    internal void Forget(UdxSocket socket)
    {
        _ = _sockets.TryRemove(socket, out _);
        foreach (var stream in _streams.Values)
        {
            if (stream.Socket == socket) stream.Close(UdxCloseReason.SocketClosed);
        }
    }
}
