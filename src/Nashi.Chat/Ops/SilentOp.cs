using Nashi.Encoding;

namespace Nashi.Chat.Ops;

/// <summary>Says that a device was not heard of for long: it is no indexer until it is.</summary>
internal sealed record SilentOp(CoreKey Writer) : Op(OpKind.Silent);
