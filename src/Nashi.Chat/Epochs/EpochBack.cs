namespace Nashi.Chat.Epochs;

/// <summary>An older key, sealed under the newer one.</summary>
internal readonly record struct EpochBack(ulong KeyId, ReadOnlyMemory<byte> Nonce, ReadOnlyMemory<byte> Box);
