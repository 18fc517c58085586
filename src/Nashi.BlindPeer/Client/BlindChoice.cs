using Nashi.Encoding;

namespace Nashi.BlindPeer;

/// <summary>Which blind peers keep what: those whose keys are closest to a target, so that all who share it choose the same.</summary>
internal static class BlindChoice
{
    /// <summary>The closest ones, and others in the place of those that can not be reached; these stay chosen, so that they are tried again.</summary>
    public static IReadOnlyList<PublicKey> Choose(Bytes32 target, IReadOnlyList<PublicKey> peers, int count, Func<PublicKey, bool> isDown)
    {
        var sorted = Sort(target, peers);
        var chosen = sorted.Take(count).ToList();
        var missing = chosen.Count(isDown);
        chosen.AddRange(sorted.Skip(count).Where(peer => !isDown(peer)).Take(missing));
        return chosen;
    }

    /// <summary>All of them, the closest first.</summary>
    public static PublicKey[] Sort(Bytes32 target, IReadOnlyList<PublicKey> peers) =>
        [.. peers.Distinct().OrderBy(peer => Distance(target, peer.Value))];

    private static Bytes32 Distance(Bytes32 a, Bytes32 b)
    {
        Span<byte> distance = stackalloc byte[Bytes32.Size];
        for (var i = 0; i < distance.Length; i++) distance[i] = (byte)(a.AsSpan()[i] ^ b.AsSpan()[i]);
        return new Bytes32(distance);
    }
}
