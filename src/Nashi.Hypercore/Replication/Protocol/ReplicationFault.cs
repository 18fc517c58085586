namespace Nashi.Hypercore.Replication.Protocol;

/// <summary>What a peer did wrong.</summary>
internal enum ReplicationFault
{
    /// <summary>A message that can not be decoded.</summary>
    InvalidMessage,

    /// <summary>It does not know the core's key.</summary>
    InvalidCapability,

    /// <summary>More requests at once than anybody needs.</summary>
    TooManyRequests,

    /// <summary>Too many requests without sense.</summary>
    InvalidRequests,

    /// <summary>Too many answers that could not be verified.</summary>
    InvalidAnswers,

    /// <summary>Too many answers that nobody asked for.</summary>
    UnaskedAnswers,
}
