using Nashi.Hypercore.Merkle;
using Nashi.Hypercore.Replication.Protocol;
using Nashi.Hypercore.Seam;

namespace Nashi.Hypercore.Replication;

/// <summary>Answers: checked and stored on the core's lane, without waiting for the one before.</summary>
internal sealed partial class Replicator
{
    private const int MaxIdleChecks = 1024;

    private readonly Stack<Check> _idleChecks = new();

    /// <summary>False when it can not be decoded.</summary>
    public bool TryHandleData(CoreChannel channel, ReadOnlyMemory<byte> payload)
    {
        // The message is gone when we return, the checks come later.
        var buffer = AnswerBuffers.Rent(payload.Length);
        payload.Span.CopyTo(buffer);
        if (!DataMessage.TryDecode(buffer.AsMemory(0, payload.Length), out var message))
        {
            AnswerBuffers.Return(buffer);
            return false;
        }

        AnswerUse use;
        Request? request;
        Check? check = null;
        lock (_gate)
        {
            use = _engine.HandleData(channel.Peer!, message.Request, message.Proof, payload.Length, Now, out request);
            if (use == AnswerUse.Verify && !_idleChecks.TryPop(out check)) check = new Check(this);
            FlushNow();
        }

        switch (use)
        {
            case AnswerUse.Verify:
                check!.Start(request!, buffer, Core.VerifyAndStoreAsync(message.Proof));
                break;
            case AnswerUse.BeginReorg or AnswerUse.UpdateReorg:
                _ = MoveForkAsync(use, request!, message.Proof);
                break;
            case AnswerUse.CheckConflict:
                _ = CheckConflictAsync(channel, message.Proof);
                break;
            default:
                AnswerBuffers.Return(buffer);
                break;
        }

        return true;
    }

    private void Finish(Check check, Request request, byte[] buffer, VerifyOutcome outcome)
    {
        AnswerBuffers.Return(buffer);
        lock (_gate)
        {
            _engine.HandleVerified(request, outcome, Now);
            if (_idleChecks.Count < MaxIdleChecks) _idleChecks.Push(check);
            FlushSoon();
        }
    }

    private async Task MoveForkAsync(AnswerUse use, Request request, Proof proof)
    {
        var state = request.Reorg!;
        try
        {
            IReorg? reorg = null;
            ProofRefusal refusal;
            if (use == AnswerUse.BeginReorg) (reorg, refusal) = await Core.BeginReorgAsync(proof).ConfigureAwait(false);
            else refusal = (await state.Reorg!.UpdateAsync(proof).ConfigureAwait(false)).Refusal;
            bool isFound;
            lock (_gate)
            {
                isFound = _engine.HandleReorg(request, reorg, refusal, Now);
                FlushSoon();
            }

            if (!isFound) return;
            var outcome = await state.Reorg!.CommitAsync().ConfigureAwait(false);
            lock (_gate)
            {
                _engine.HandleReorgCommitted(outcome, Now);
                FlushSoon();
            }
        }
        catch (Exception error)
        {
            Fail(ChannelOf(request.Peer), error);
            lock (_gate) _engine.HandleReorgCommitted(VerifyOutcome.Refused(ProofRefusal.WriteFailed), Now);
        }
    }

    private async Task CheckConflictAsync(CoreChannel channel, Proof proof)
    {
        try
        {
            var ours = await Core.CheckConflictAsync(proof).ConfigureAwait(false);
            if (ours is not null)
            {
                Log.Conflict(_log, channel.RemotePublicKey, DiscoveryKey);
                TellConflict(ours);
                return;
            }

            lock (_gate)
            {
                if (channel.Peer is { IsGone: false } peer) _engine.HandleNoConflict(peer);
                FlushSoon();
            }
        }
        catch (Exception error)
        {
            Fail(channel, error);
        }
    }

    /// <summary>Everybody gets our side of a conflict, so that they can see it too; then it is over.</summary>
    private void TellConflict(Proof ours)
    {
        CoreChannel[] channels;
        lock (_gate) channels = [.. _engine.Peers.Select(ChannelOf)];
        foreach (var channel in channels) channel.SendUnasked(ours);
        CloseAll(closeChannels: true);
    }

    /// <summary>One answer on the core's lane. Used again and again, so that a block costs no task.</summary>
    private sealed class Check
    {
        private readonly Replicator _owner;
        private readonly Action _completed;
        private Request? _request;
        private byte[]? _buffer;
        private System.Runtime.CompilerServices.ConfiguredValueTaskAwaitable<VerifyOutcome>.ConfiguredValueTaskAwaiter _outcome;

        public Check(Replicator owner)
        {
            _owner = owner;
            _completed = Complete;
        }

        public void Start(Request request, byte[] buffer, ValueTask<VerifyOutcome> outcome)
        {
            (_request, _buffer) = (request, buffer);
            _outcome = outcome.ConfigureAwait(false).GetAwaiter();
            if (_outcome.IsCompleted) Complete();
            else _outcome.UnsafeOnCompleted(_completed);
        }

        private void Complete()
        {
            var (request, buffer) = (_request!, _buffer!);
            (_request, _buffer) = (null, null);
            VerifyOutcome outcome;
            try
            {
#pragma warning disable VSTHRD002 // It is complete: this is its continuation.
                outcome = _outcome.GetResult();
#pragma warning restore VSTHRD002
            }
            catch (Exception error)
            {
                Log.Failed(_owner._log, _owner.DiscoveryKey, error);
                outcome = VerifyOutcome.Refused(ProofRefusal.WriteFailed);
            }

            _outcome = default;
            _owner.Finish(this, request, buffer, outcome);
        }
    }
}
