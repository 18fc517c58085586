namespace Nashi;

/// <summary>Receives one unordered message; the bytes are valid only during the call.</summary>
public delegate void MessageHandler(ReadOnlySpan<byte> message);
