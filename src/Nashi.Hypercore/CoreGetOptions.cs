namespace Nashi.Hypercore;

/// <summary>How a block is read.</summary>
public sealed record CoreGetOptions
{
    /// <summary>The usual way.</summary>
    public static CoreGetOptions Default { get; } = new();

    /// <summary>Whether a block that is not here is asked of peers; null takes the session's choice.</summary>
    public bool? Wait { get; init; }

    /// <summary>How long to wait for it; null takes the session's choice, <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> has no limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Returns the bytes as they are stored: padding on, encryption not undone. Default false.</summary>
    public bool Raw { get; init; }
}
