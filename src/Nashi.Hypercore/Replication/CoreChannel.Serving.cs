using System.Buffers;
using Nashi.Encoding;
using Nashi.Hypercore.Merkle;
using Nashi.Hypercore.Replication.Protocol;
using Nashi.Hypercore.Seam;

namespace Nashi.Hypercore.Replication;

internal sealed partial class CoreChannel : IThreadPoolWorkItem
{
    private const int AnswersPerCork = 64;
    private const int MaxKeptBuffer = 128 * 1024;

    private readonly Lock _serving = new();
    private readonly ServeQueue _queue = new(replicator.Options.MaxQueuedRequestsPerPeer);
    private ArrayBufferWriter<byte> _reply = new(1024);
    private bool _isServing;
    private bool _isStopped;
    private bool _isClogged;
    private long _drains;
    private int _invalidRequests;

    /// <summary>Sends a proof that nobody asked for: ours, to one who has to know of a conflict.</summary>
    public void SendUnasked(Proof proof)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CompactWriter(output);
        new DataMessage(0, proof).Write(ref writer);
        _ = Channel!.Send(WireType.Data, output.WrittenSpan);
    }

    void IThreadPoolWorkItem.Execute() => _ = ServeAsync();

    private bool TryServe(in RequestMessage request)
    {
        lock (_serving)
        {
            if (_isStopped) return true;
            if (!_queue.TryEnqueue(request))
            {
                replicator.Expel(this, ReplicationFault.TooManyRequests);
                return true;
            }

            StartServing();
        }

        return true;
    }

    private bool TryCancel(ulong id)
    {
        lock (_serving) _ = _queue.Cancel(id);
        return true;
    }

    private void ResumeServing()
    {
        lock (_serving)
        {
            _drains++;
            _isClogged = false;
            StartServing();
        }
    }

    private void StopServing()
    {
        lock (_serving)
        {
            _isStopped = true;
            _queue.Clear();
        }
    }

    /// <summary>Call under the lock.</summary>
    private void StartServing()
    {
        if (_isServing || _isClogged || _isStopped || _queue.Count == 0) return;
        _isServing = true;
        _ = ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private bool TryNext(out RequestMessage request)
    {
        lock (_serving)
        {
            if (!_isClogged && !_isStopped && _queue.TryDequeue(out request)) return true;
            _isServing = false;
            request = default;
            return false;
        }
    }

    /// <summary>Answers requests one after another while the connection takes them.</summary>
    private async Task ServeAsync()
    {
        try
        {
            while (await ServeSomeAsync().ConfigureAwait(false))
            {
            }
        }
        catch (Exception error)
        {
            replicator.Fail(this, error);
        }
    }

    private async ValueTask<bool> ServeSomeAsync()
    {
        Connection.Mux.Cork();
        try
        {
            for (var i = 0; i < AnswersPerCork; i++)
            {
                if (!TryNext(out var request)) return false;
                var reply = request.Fork == replicator.Core.Tip.Fork
                    ? await replicator.Core.CreateProofAsync(request.What).ConfigureAwait(false)
                    : ProofReply.Refused(ProofRefusal.NotAvailable);
                Answer(request, reply);
            }

            return true;
        }
        finally
        {
            Connection.Mux.Uncork();
        }
    }

    private void Answer(in RequestMessage request, in ProofReply reply)
    {
        if (reply.Proof is { } proof && proof.Fork == request.Fork)
        {
            if (proof.Upgrade is { } upgrade) replicator.TellAhead(this, proof.Fork, upgrade.SignedLength);
            SendProof(new(request.Id, proof));
            return;
        }

        if (reply.Refusal is ProofRefusal.Frozen or ProofRefusal.Closed) return;
        var isInvalid = reply.Refusal == ProofRefusal.InvalidRequest;
        if (isInvalid && ++_invalidRequests > replicator.Options.MaxInvalidRequestsPerPeer)
        {
            replicator.Expel(this, ReplicationFault.InvalidRequests);
            return;
        }

        Span<byte> buffer = stackalloc byte[16];
        var writer = new CompactWriter(buffer);
        new NoDataMessage(request.Id, isInvalid ? NoDataReason.InvalidRequest : NoDataReason.NotAvailable).Write(ref writer);
        Send(WireType.NoData, buffer[..writer.Written]);
    }

    private void SendProof(in DataMessage message)
    {
        _reply.ResetWrittenCount();
        var writer = new CompactWriter(_reply);
        message.Write(ref writer);
        Send(WireType.Data, _reply.WrittenSpan);
        if (_reply.Capacity > MaxKeptBuffer) _reply = new(1024);
    }

    private void Send(int type, ReadOnlySpan<byte> payload)
    {
        long before;
        lock (_serving) before = _drains;
        if (Channel!.Send(type, payload)) return;
        lock (_serving)
        {
            // It may have drained meanwhile.
            if (before == _drains) _isClogged = true;
        }
    }
}
