namespace Nashi.Hypercore.Replication.Protocol;

/// <summary>What is to be done with an answer.</summary>
internal enum AnswerUse
{
    /// <summary>Nothing.</summary>
    Ignore,

    /// <summary>Check and store it, then tell <see cref="ReplicationEngine.HandleVerified"/>.</summary>
    Verify,

    /// <summary>Begin to move to its fork, then tell <see cref="ReplicationEngine.HandleReorg"/>.</summary>
    BeginReorg,

    /// <summary>Feed it to the move that is under way, then tell <see cref="ReplicationEngine.HandleReorg"/>.</summary>
    UpdateReorg,

    /// <summary>Judge whether it proves a conflict, then tell <see cref="ReplicationEngine.HandleNoConflict"/> if it does not.</summary>
    CheckConflict,
}
