using Nashi.Dht.Queries;
using Nashi.Dht.Rpc;

namespace Nashi.Dht.Announcing;

/// <summary>At which of the nodes found a server announces itself. Pure.</summary>
internal static class AnnouncePlaces
{
    private const int Near = 3;
    private const int Further = 2;
    private const int Around = 8;

    /// <summary>
    /// The three nearest, which look-ups reach first, and two of the others: three cheap identities are not to hide a server. A crowd right at the key may
    /// be one attacker's: then some of the neighbourhood, evenly, are to know the server too. Source: threats.md §3 row 8.
    /// </summary>
    public static IEnumerable<RpcReply> Choose(QueryOutcome outcome)
    {
        var others = outcome.Closest.Count - Near;
        var further = Enumerable.Range(1, Further).Where(i => i <= others).Select(i => outcome.Closest[Near - 1 + (i * others / Further) - (i < Further ? 0 : others / 4)]);
        return outcome.Closest.Take(Near).Concat(further).Concat(Evenly(outcome.Around));
    }

    private static IEnumerable<RpcReply> Evenly(IReadOnlyList<RpcReply> around)
    {
        var count = Math.Min(Around, around.Count);
        return Enumerable.Range(0, count).Select(i => around[i * around.Count / count]);
    }
}
