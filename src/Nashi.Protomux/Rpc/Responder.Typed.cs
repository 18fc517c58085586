using System.Buffers;

namespace Nashi.Protomux.Rpc;

/// <summary>Decodes, calls the handler and encodes.</summary>
internal sealed class Responder<TRequest, TResponse>(
    RpcMethod<TRequest, TResponse> method, Func<TRequest, CancellationToken, ValueTask<TResponse>> handler) : Responder
{
    public override async ValueTask<RpcError?> AnswerAsync(
        ReadOnlyMemory<byte> value, IBufferWriter<byte>? output, FailureReporter answer, CancellationToken cancellationToken)
    {
        if (!TryDecode(value, answer, out var request, out var error)) return error;
        TResponse response;
        try
        {
            response = await handler(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            return new(RpcErrorCodes.RequestError, "Request failed", answer.Tell(method.Name, failure));
        }

        return output is null ? null : Encode(response, output, answer);
    }

    private bool TryDecode(ReadOnlyMemory<byte> value, FailureReporter answer, out TRequest request, out RpcError? error)
    {
        (request, error) = (default!, null);
        RpcErrorCause? cause = null;
        try
        {
            if (method.Request.TryDecode(value, out request)) return true;
        }
        catch (Exception failure)
        {
            cause = answer.Tell(method.Name, failure);
        }

        error = new(RpcErrorCodes.DecodeError, "Could not decode request", cause);
        return false;
    }

    private RpcError? Encode(TResponse response, IBufferWriter<byte> output, FailureReporter answer)
    {
        try
        {
            method.Response.Encode(response, output);
            return null;
        }
        catch (Exception failure)
        {
            return new(RpcErrorCodes.EncodeError, "Could not encode response", answer.Tell(method.Name, failure));
        }
    }
}
