using Nashi.Autobase.Messages;
using Nashi.Encoding;

namespace Nashi.Autobase.State;

/// <summary>Changes of the system that are not flushed, as they were at one moment.</summary>
internal sealed record SystemDraft(
    SystemInfo Info,
    bool IndexersChanged,
    IReadOnlyList<(CoreKey Key, Member Member)> Changes,
    IReadOnlyList<KeyValuePair<CoreKey, ulong>> Advanced);
