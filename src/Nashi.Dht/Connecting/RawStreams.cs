using Nashi.Udx;

namespace Nashi.Dht.Connecting;

/// <summary>Makes UDX streams under random numbers, so that a stranger cannot guess one and disturb it.</summary>
internal static class RawStreams
{
    private const int MaxTries = 16;

    /// <summary>Makes a stream that is not connected yet.</summary>
    public static UdxStream Create(IConnectNode node)
    {
        for (var i = 1; ; i++)
        {
            try
            {
                return node.Udx.CreateStream(node.Random.NextUInt32());
            }
            catch (Exception error) when (i < MaxTries && error is ArgumentException or InvalidOperationException)
            {
                // Taken by another stream: the next number will do.
            }
        }
    }
}
