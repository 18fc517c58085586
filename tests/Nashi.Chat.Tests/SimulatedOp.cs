using Nashi.Chat.State;
using Nashi.Encoding;

namespace Nashi.Chat.Tests;

/// <summary>An op with where it stands in the order: after all its writer knew.</summary>
internal sealed record SimulatedOp(MessageId Id, int Depth, byte[] Value);
