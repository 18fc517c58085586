using System.Collections.Immutable;

namespace Nashi.Chat.State;

/// <summary>A key of the room, as all members know it: who can open it, not the key itself.</summary>
/// <param name="KeyId">Which.</param>
/// <param name="Tags">Of the devices it was sealed or handed to; empty once it is stale.</param>
/// <param name="IsStale">Whether somebody who was removed has it (R1). Never ends.</param>
internal sealed record EpochState(ulong KeyId, ImmutableHashSet<ulong> Tags, bool IsStale);
