namespace Nashi.Dht;

/// <summary>What a node has done so far.</summary>
/// <param name="KnownNodes">Nodes in the routing table.</param>
/// <param name="StoredRecords">Records kept for others.</param>
/// <param name="Sent">Requests sent, without repeats.</param>
/// <param name="Answered">Answers to them.</param>
/// <param name="Silent">Requests nobody answered.</param>
/// <param name="Received">Requests that came in.</param>
/// <param name="Malformed">Datagrams that could not be read.</param>
/// <param name="Unsolicited">Responses nobody asked for.</param>
/// <param name="BadTokens">Requests with a wrong or old token.</param>
/// <param name="Withheld">Responses not sent because they might have flooded somebody.</param>
public sealed record DhtStats(
    int KnownNodes, int StoredRecords, long Sent, long Answered, long Silent, long Received, long Malformed, long Unsolicited, long BadTokens, long Withheld);
