namespace Nashi.Hypercore.Replication.Protocol;

/// <summary>The life of a request.</summary>
internal enum RequestState : byte
{
    /// <summary>Asked, not answered.</summary>
    UnderWay,

    /// <summary>Answered, the answer is being checked and stored.</summary>
    Verifying,

    /// <summary>The answer was good.</summary>
    Done,

    /// <summary>No answer, a wrong one, or cancelled.</summary>
    Failed,
}
