namespace Nashi.Lan;

/// <summary>Counts since the start.</summary>
/// <param name="Interfaces">Interfaces in use now.</param>
/// <param name="Neighbours">Instances known now.</param>
/// <param name="Received">Datagrams received.</param>
/// <param name="Malformed">Of them, not decodable.</param>
/// <param name="Dropped">Of them, over the budget of their sender or of all.</param>
/// <param name="Sent">Datagrams sent.</param>
public readonly record struct LanStats(int Interfaces, int Neighbours, long Received, long Malformed, long Dropped, long Sent);
