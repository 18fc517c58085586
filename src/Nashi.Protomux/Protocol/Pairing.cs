namespace Nashi.Protomux.Protocol;

/// <summary>Everything that waits or is open under one protocol and id. Opens of both sides pair first in, first out.</summary>
internal sealed class Pairing
{
    /// <summary>The keys under which it is found: its own, and aliases.</summary>
    public List<ChannelKey> Keys { get; } = [];

    /// <summary>Remote numbers of channels that the remote opened and we have not.</summary>
    public Queue<int> Incoming { get; } = new();

    /// <summary>Our numbers of channels that we opened and the remote has not answered; also those we closed since.</summary>
    public List<int> Outgoing { get; } = [];

    /// <summary>How many of our channels are open.</summary>
    public int Opened { get; set; }

    /// <summary>How many questions to the shell are under way.</summary>
    public int Asking { get; set; }

    public bool IsUnused => Opened == 0 && Asking == 0 && Incoming.Count == 0 && Outgoing.Count == 0;
}
