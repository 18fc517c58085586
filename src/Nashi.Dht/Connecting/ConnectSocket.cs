namespace Nashi.Dht.Connecting;

/// <summary>From which of a node's sockets a stream starts.</summary>
internal enum ConnectSocket
{
    /// <summary>The one its requests leave from.</summary>
    Default,

    /// <summary>The one others know it by.</summary>
    Server,

    /// <summary>The one that was punched with.</summary>
    Punch,

    /// <summary>The one the remote's first packet came to.</summary>
    Reached,

    /// <summary>The one that is connected to the relay.</summary>
    Relay,
}
