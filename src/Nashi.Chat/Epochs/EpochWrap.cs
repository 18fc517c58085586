namespace Nashi.Chat.Epochs;

/// <summary>A key sealed to one device.</summary>
internal readonly record struct EpochWrap(ulong Tag, ReadOnlyMemory<byte> Box);
