namespace Nashi.Dht.Life;

/// <summary>What is to be done about a network that may block UDP.</summary>
internal enum DetourStep
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Connect to a TCP relay.</summary>
    Dial,

    /// <summary>Leave the relay: nothing comes by it. Not to be reported as done but by <see cref="DetourCore.HandleUseless"/>.</summary>
    Leave,

    /// <summary>Find out whether UDP works by now.</summary>
    Probe,
}
