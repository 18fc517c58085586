using Nashi.Dht.Rpc;

namespace Nashi.Dht;

/// <summary>The network did not do what was asked: <c>TOO_FEW_NODES</c>, <c>SEQ_REUSED</c> or <c>SEQ_TOO_LOW</c>.</summary>
public sealed class DhtRequestFailedException : NashiException
{
    private DhtRequestFailedException(string code, string message, bool isTransient)
        : base(code, message) => IsTransient = isTransient;

    /// <inheritdoc />
    public override bool IsTransient { get; }

    internal static DhtRequestFailedException FromCommit(ulong error) => error switch
    {
        RpcError.SequenceReused => new("SEQ_REUSED", "Another value is stored under this sequence number. Put with a higher one.", false),
        RpcError.SequenceTooLow => new("SEQ_TOO_LOW", "A later value is stored. Get it, and put with a higher sequence number.", false),
        _ => new("TOO_FEW_NODES", "No node of the network stored it. Check the network and the bootstrap nodes; then try again.", true),
    };
}
