namespace Nashi.Dht.HolePunching;

/// <summary>Which method fits two translators. Pure.</summary>
internal static class PunchPlan
{
    /// <summary>Chooses.</summary>
    public static PunchMethod Choose(NatKind local, NatKind remote) => (IsSteady(local), IsSteady(remote)) switch
    {
        (true, true) => PunchMethod.Consistent,
        (true, false) when remote == NatKind.Random => PunchMethod.RandomProbes,
        (false, true) when local == NatKind.Random => PunchMethod.Birthday,
        _ => PunchMethod.None,
    };

    /// <summary>Whether everybody sees such a socket at one address.</summary>
    public static bool IsSteady(NatKind kind) => kind is NatKind.Open or NatKind.Consistent;
}
