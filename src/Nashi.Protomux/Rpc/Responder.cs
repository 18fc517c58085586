using System.Buffers;

namespace Nashi.Protomux.Rpc;

/// <summary>Answers one method.</summary>
internal abstract class Responder
{
    /// <summary>Handles a request and writes the answer's value; null when it went well. Never throws.</summary>
    /// <param name="value">What was asked.</param>
    /// <param name="output">Where the value goes; null when nobody waits for it.</param>
    /// <param name="answer">How failures of the handler are told.</param>
    /// <param name="cancellationToken">Cancelled when the channel closes.</param>
    public abstract ValueTask<RpcError?> AnswerAsync(
        ReadOnlyMemory<byte> value, IBufferWriter<byte>? output, FailureReporter answer, CancellationToken cancellationToken);
}
