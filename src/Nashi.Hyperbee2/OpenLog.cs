using Nashi.Encoding;
using Nashi.Hyperbee;

namespace Nashi.Hyperbee2;

/// <summary>Opens the log of another core that a tree goes on in.</summary>
public delegate ValueTask<IBlockLog> OpenLog(CoreKey key, CancellationToken cancellationToken);
