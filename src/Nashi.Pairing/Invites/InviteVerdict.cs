namespace Nashi.Pairing;

/// <summary>What to do with a request.</summary>
public enum InviteVerdict
{
    /// <summary>Meet it with silence: its invite is not ours, or it was not made with it.</summary>
    Ignore,

    /// <summary>Admit it.</summary>
    Admit,

    /// <summary>It was admitted a short while ago: give the same answer again, and count nothing.</summary>
    Repeat,

    /// <summary>Refuse it: the invite was used as often as it may be.</summary>
    Used,

    /// <summary>Refuse it: the invite's time is over.</summary>
    Expired,
}
