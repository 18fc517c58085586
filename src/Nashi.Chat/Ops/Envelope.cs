using Nashi.Chat.State;

namespace Nashi.Chat.Ops;

/// <summary>An op with when it was made, and what older versions need to know of it.</summary>
internal sealed record Envelope(HybridTime Time, Op Op, OpFlags Flags = OpFlags.None);
