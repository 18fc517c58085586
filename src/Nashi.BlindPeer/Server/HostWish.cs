using Nashi.Encoding;

namespace Nashi.BlindPeer.Server;

/// <summary>What a client asks for one core.</summary>
internal readonly record struct HostWish(CoreKey Key, CoreKey? Referrer, ulong Priority, bool Announce);
