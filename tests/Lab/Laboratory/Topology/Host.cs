using System.Net;
using Nashi.Laboratory.Kernel;

namespace Nashi.Laboratory.Topology;

/// <summary>Where a peer runs.</summary>
internal sealed record Host(NetSpace Space, IPAddress Address);
