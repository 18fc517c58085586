using Nashi.Encoding;

namespace Nashi.Chat.State;

/// <summary>A device that was removed, or was given a key without becoming a member's.</summary>
/// <param name="Identity">Whose.</param>
/// <param name="Name">The member's name then.</param>
/// <param name="Box">What epoch keys were sealed to: an epoch that reaches it is stale.</param>
/// <param name="Content">Its content core; what came before the cut is still read from it.</param>
/// <param name="Cut">How much of its log who removed it had seen: the rest does not count.</param>
/// <param name="Files">Its core with files.</param>
internal sealed record FormerDevice(PublicKey Identity, string Name, Bytes32 Box, CoreKey Content, CoreKey Files, ulong Cut);
