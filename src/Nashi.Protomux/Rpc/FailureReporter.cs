using Microsoft.Extensions.Logging;

namespace Nashi.Protomux.Rpc;

/// <summary>Logs what handlers throw, and decides how much of it a stranger is told.</summary>
internal sealed class FailureReporter(ILogger log, bool revealsFailures)
{
    // UTF-8 takes at most three bytes for each char.
    private const int MaxChars = RpcOptions.MaxErrorTextSize / 3;

    public RpcErrorCause Tell(string method, Exception failure)
    {
        Log.RpcHandlerFailed(log, method, failure);
        return failure switch
        {
            RpcFaultException fault => new(Cut(fault.Message), CutOrNull(fault.Code), CutOrNull(fault.Context)),
            _ when !revealsFailures => new("The handler failed."),
            NashiException known => new(Cut(known.Message), known.Code),
            _ => new(Cut(failure.Message)),
        };
    }

    private static string? CutOrNull(string? text) => text is null ? null : Cut(text);

    private static string Cut(string text) => text.Length <= MaxChars ? text : text[..MaxChars];
}
