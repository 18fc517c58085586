namespace Nashi.Dht;

/// <summary>One step of a connect under way, for people who watch.</summary>
/// <param name="Name">What happened: search, found, handshake, answered, lan, punch, punch-failed, relay, relay-paired, relay-failed, connected or failed.</param>
/// <param name="Detail">Whom or what it is about.</param>
/// <param name="Since">How long after the beginning.</param>
public sealed record ConnectStep(string Name, string Detail, TimeSpan Since)
{
    /// <summary>The three in one line.</summary>
    public override string ToString() => $"{Since.TotalMilliseconds,6:0} ms  {Name} {Detail}";
}
