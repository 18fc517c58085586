namespace Nashi.Dht.Connecting;

/// <summary>How an attempt ended: a failure, or a stream connected in some way.</summary>
internal sealed record ConnectOutcome(ConnectFailure? Failure, ConnectionKind Kind);
