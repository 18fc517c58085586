namespace Nashi.Protomux.Protocol;

/// <summary>A channel number of ours.</summary>
/// <param name="Channel">The channel that has it; null when it closed or the number is free.</param>
/// <param name="Waiting">Set while the remote has neither opened nor rejected: the number must not be used again before.</param>
internal readonly record struct LocalSlot(MuxChannel? Channel, Pairing? Waiting);
