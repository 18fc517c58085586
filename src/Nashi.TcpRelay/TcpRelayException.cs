namespace Nashi.TcpRelay;

/// <summary>A TCP relay could not be used: <c>RELAY_LINK_INVALID</c>, <c>RELAY_UNREACHABLE</c>, <c>RELAY_NOT_AUTHENTIC</c>, <c>RELAY_REFUSED</c>, <c>RELAY_USELESS</c> (nobody answers by it), or <c>RELAY_PORT</c> on its own side.</summary>
public sealed class TcpRelayException : NashiException
{
    /// <summary>Tells why.</summary>
    public TcpRelayException(string code, string message, Exception? inner = null, TcpRelayEnd end = TcpRelayEnd.Lost)
        : base(code, message, inner) => End = end;

    /// <summary>Why the relay refused, when it did.</summary>
    public TcpRelayEnd End { get; }

    /// <inheritdoc />
    public override bool IsTransient => Code is "RELAY_UNREACHABLE" or "RELAY_USELESS" || End == TcpRelayEnd.Full;
}
