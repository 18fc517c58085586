using System.Collections.Immutable;
using Nashi.Encoding;

namespace Nashi.Chat.State;

/// <summary>What applying an op came to.</summary>
/// <param name="State">The room after it.</param>
/// <param name="Refusal">Why it was not applied; none when it was.</param>
internal readonly record struct AppliedOp(RoomState State, Refusal Refusal)
{
    /// <summary>Whether this version must stop: a newer one understands what comes.</summary>
    public bool MustStop { get; init; }

    /// <summary>Writers the base must let in.</summary>
    public ImmutableArray<CoreKey> Added { get; init; } = [];

    /// <summary>Writers the base must shut out.</summary>
    public ImmutableArray<CoreKey> Removed { get; init; } = [];
}
