namespace Nashi.TcpRelay.Protocol;

/// <summary>Whether the other side is still there: asked after 15 seconds of silence, given up after 30.</summary>
internal sealed class Liveness(Instant now)
{
    /// <summary>Silence after which the other side is asked.</summary>
    public static readonly TimeSpan AskAfter = TimeSpan.FromSeconds(15);

    /// <summary>Silence after which it is gone.</summary>
    public static readonly TimeSpan DeadAfter = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);

    private Instant _heardAt = now;
    private Instant _askedAt = Instant.Never;
    private Instant _deadAt = now + DeadAfter;

    /// <summary>Something came.</summary>
    public void HandleHeard(Instant now)
    {
        (_heardAt, _askedAt) = (now, Instant.Never);
        _deadAt = now + DeadAfter;
    }

    /// <summary>There is doubt: the network changed, for instance. It is asked at the next look, and has to answer within five seconds.</summary>
    public void HandleDoubt(Instant now)
    {
        _heardAt = now - AskAfter;
        _askedAt = Instant.Never;
        _deadAt = now + AnswerWithin;
    }

    /// <summary>Whether it is gone.</summary>
    public bool IsDead(Instant now) => now >= _deadAt;

    /// <summary>Whether it is to be asked now.</summary>
    public bool ShouldAsk(Instant now)
    {
        if (_askedAt != Instant.Never || now - _heardAt < AskAfter) return false;
        _askedAt = now;
        return true;
    }
}
