using Nashi.Datagrams;
using Nashi.Dht.Connecting;

namespace Nashi.Dht.Tests.Connecting;

/// <summary>A request that waits for the response of the node it asked.</summary>
internal sealed record FakeTransaction(UdpAddress Asker, UdpAddress Asked)
{
    private readonly TaskCompletionSource<NodeReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<NodeReply> Reply => _reply.Task;

    public void Respond(byte[]? value, UdpAddress from, UdpAddress to)
    {
        if (to == Asker && from == Asked) _reply.TrySetResult(new NodeReply(from, to, value));
    }
}
