using System.Buffers;
using Nashi.Encoding;
using Nashi.SecretStream;

namespace Nashi.Protomux.Protocol;

/// <summary>Numbers, pairs and closes channels; turns frames into events and calls into frames.</summary>
/// <remarks>
/// Pure: no I/O, clock or task; not thread-safe, its <see cref="Mux"/> holds a lock around each call. Call order: <see cref="HandleFrame"/>, then
/// <see cref="PollEvent"/> and <see cref="Release"/> until it gives nothing and <see cref="HasInput"/> is false. Events may also follow from
/// <see cref="TryOpen"/>, <see cref="Close"/>, <see cref="CompletePairing"/>, <see cref="HandleDrained"/> and <see cref="Shutdown"/>.
/// Invariants: each of our numbers is free, open, or waiting for the remote's answer; a number of the remote is in use from its open until one side
/// closes or rejects; events leave in the order in which they happened. Spec: network.md §5.
/// </remarks>
internal sealed partial class MuxCore(IMuxSink sink, MuxOptions options)
{
    /// <summary>Corked messages from this size on go out by themselves: copying them into a batch would gain nothing.</summary>
    private const int DirectSize = 16 * 1024;

    private readonly Dictionary<ChannelKey, Pairing> _pairings = [];
    private readonly List<LocalSlot> _local = [];
    private readonly Stack<int> _free = new();
    private readonly List<MuxChannel> _starved = [];
    private readonly BatchBuffer _batch = new();
    private bool _isDrained = true;
    private bool _isShutdown;
    private int _corked;

    /// <summary>Whether events wait to be polled.</summary>
    public bool HasEvents => _events.Count > 0;

    /// <summary>Whether one of our channels with this key is open.</summary>
    public bool HasOpen(ChannelKey key) => _pairings.TryGetValue(key, out var pairing) && pairing.Opened > 0;

    /// <summary>Opens a channel; null when it must be unique and is not, or after the end.</summary>
    public MuxChannel? TryOpen(ChannelOptions channelOptions, object? owner)
    {
        if (_isShutdown) return null;
        var id = channelOptions.Id.GetValueOrDefault().Span;
        var pairing = Find(channelOptions, id);
        if (channelOptions.Unique && pairing.Opened > 0) return null;

        var channel = new MuxChannel(pairing, owner) { LocalId = TakeLocalId() };
        var answers = pairing.Incoming.TryDequeue(out var remoteId);
        _local[channel.LocalId - 1] = new(channel, answers ? null : pairing);
        pairing.Opened++;
        if (answers) Pair(channel, remoteId);
        else pairing.Outgoing.Add(channel.LocalId);
        WriteOpen(channel.LocalId, channelOptions.Protocol, id, channelOptions.Handshake.Span);
        return channel;
    }

    /// <summary>Closes one of our channels and tells the remote.</summary>
    public void Close(MuxChannel channel)
    {
        if (channel.IsClosed) return;
        var localId = channel.LocalId;
        CloseChannel(channel, isRemote: false);
        WriteControl(MuxControl.Close, localId);
    }

    /// <summary>Sends one message; false when the channel is closed (it is dropped) or the remote is not keeping up (it is queued).</summary>
    public bool Send(MuxChannel channel, int type, ReadOnlySpan<byte> payload)
    {
        if (channel.IsClosed) return false;
        Write(channel.LocalId, (ulong)type, payload);
        if (_isDrained) return true;
        if (!channel.IsStarved) _starved.Add(channel);
        channel.IsStarved = true;
        return false;
    }

    /// <summary>Holds messages back to send them as one frame; nests.</summary>
    public void Cork() => _corked++;

    /// <summary>Ends one <see cref="Cork"/>; the last one sends.</summary>
    public void Uncork()
    {
        if (_corked == 0) throw new InvalidOperationException("Uncorked more often than corked.");
        if (--_corked == 0) FlushBatch();
    }

    /// <summary>The remote caught up: whoever was told to wait may go on.</summary>
    public void HandleDrained()
    {
        _isDrained = true;
        _unreadRejections = 0;
        foreach (var channel in _starved)
        {
            channel.IsStarved = false;
            _events.Enqueue(new() { Kind = MuxEventKind.Drain, Channel = channel });
        }

        _starved.Clear();
    }

    /// <summary>Closes all channels without telling the remote: the connection ended.</summary>
    public void Shutdown(bool isRemote)
    {
        if (_isShutdown) return;
        FlushBatch();
        _isShutdown = true;
        DropInput();
        foreach (var slot in _local.ToArray())
        {
            if (slot.Channel is { } channel) CloseChannel(channel, isRemote);
        }
    }

    private void CloseChannel(MuxChannel channel, bool isRemote)
    {
        var index = channel.LocalId - 1;
        channel.IsClosed = true;
        channel.Pairing.Opened--;
        if (channel.RemoteId > 0)
        {
            _remote[channel.RemoteId - 1] = null;
            FreeLocal(index);
        }
        else
        {
            // The remote may still answer this number's open: it stays taken until then.
            _local[index] = _local[index] with { Channel = null };
        }

        channel.LocalId = channel.RemoteId = 0;
        Collect(channel.Pairing);
        _events.Enqueue(new() { Kind = MuxEventKind.Close, Channel = channel, IsRemote = isRemote });
    }

    private int TakeLocalId()
    {
        if (_free.TryPop(out var index)) return index + 1;
        _local.Add(default);
        return _local.Count;
    }

    private void FreeLocal(int index)
    {
        _local[index] = default;
        _free.Push(index);
    }

    private void WriteOpen(int localId, string protocol, ReadOnlySpan<byte> id, ReadOnlySpan<byte> handshake)
    {
        var size = CompactSize.UInt((ulong)localId) + CompactSize.String(protocol) + CompactSize.Buffer(id.Length) + handshake.Length;
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        var writer = new CompactWriter(buffer);
        writer.WriteUInt((ulong)localId);
        writer.WriteString(protocol);
        writer.WriteBuffer(id);
        writer.WriteFixed(handshake);
        Write(0, (ulong)MuxControl.Open, buffer.AsSpan(0, writer.Written));
        ArrayPool<byte>.Shared.Return(buffer);
    }

    private void WriteControl(MuxControl type, int number)
    {
        Span<byte> body = stackalloc byte[9];
        var writer = new CompactWriter(body);
        writer.WriteUInt((ulong)number);
        Write(0, (ulong)type, body[..writer.Written]);
    }

    private void Write(int channel, ulong type, ReadOnlySpan<byte> payload)
    {
        if (_isShutdown) return;
        if (_corked > 0 && payload.Length < DirectSize)
        {
            if (_batch.Length + payload.Length > options.MaxBatchSize) FlushBatch();
            _batch.Add(channel, type, payload);
            return;
        }

        FlushBatch();
        Span<byte> prefix = stackalloc byte[18];
        var writer = new CompactWriter(prefix);
        writer.WriteUInt((ulong)channel);
        writer.WriteUInt(type);
        _isDrained = sink.Write(prefix[..writer.Written], payload);
    }

    private void FlushBatch()
    {
        if (_batch.Count > 0 && !_isShutdown) _isDrained = _batch.Flush(sink);
    }
}
