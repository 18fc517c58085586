namespace Nashi.BlindPeer;

/// <summary>Something between a blind peer and its client failed.</summary>
public sealed class BlindPeerException : NashiException
{
    internal BlindPeerException(string code, string message, bool isTransient = false, Exception? inner = null)
        : base(code, message, inner) => IsTransient = isTransient;

    /// <inheritdoc />
    public override bool IsTransient { get; }
}
