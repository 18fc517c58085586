namespace Nashi.Storage;

/// <summary>Receives one stored page; its bytes are valid only during the call.</summary>
/// <typeparam name="TState">What the reader needs; pass it rather than capturing it.</typeparam>
/// <param name="page">The page's number.</param>
/// <param name="bits">Its bytes; bit 0 of byte 0 is the first.</param>
/// <param name="state">What was passed.</param>
public delegate void PageReader<in TState>(ulong page, ReadOnlySpan<byte> bits, TState state);
