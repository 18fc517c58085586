using Nashi.Encoding;

namespace Nashi.Protomux.Wakeup;

/// <summary>A core that somebody writes to, and how long it is.</summary>
/// <param name="Key">The core's key.</param>
/// <param name="Length">Its length in blocks.</param>
public readonly record struct WakeupWriter(CoreKey Key, ulong Length);
