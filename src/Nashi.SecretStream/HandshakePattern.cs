namespace Nashi.SecretStream;

/// <summary>How two ends of a raw stream agree on keys. Source: network.md §4.1.</summary>
public enum HandshakePattern
{
    /// <summary>Both learn each other's key; three messages. What a stand-alone stream of the reference speaks.</summary>
    XX,

    /// <summary>The initiator knows whom it calls; two messages.</summary>
    IK,
}
