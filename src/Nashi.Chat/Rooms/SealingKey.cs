using Nashi.Encoding;

namespace Nashi.Chat.Rooms;

/// <summary>The key that an op is sealed with.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Key">The key.</param>
/// <param name="IsStale">Whether somebody who was removed has it, and there is no other (R2).</param>
internal readonly record struct SealingKey(ulong Id, Bytes32 Key, bool IsStale);
