using System.Runtime.InteropServices;

namespace Nashi.Datagrams.Linux;

/// <summary>Many sockets by one epoll.</summary>
internal sealed unsafe class LinuxDatagramPoller : IDatagramPoller
{
    private const int WakeNumber = -1;
    private const int BatchMax = 64;

    // struct epoll_event: 32 bits of events and 64 of ours, packed on x86-64 only.
    private static readonly int NumberAt = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? sizeof(uint) : sizeof(ulong);
    private static readonly int Stride = NumberAt + sizeof(ulong);

    private readonly int _epoll;
    private readonly int _event;

    private LinuxDatagramPoller(int epoll, int @event) => (_epoll, _event) = (epoll, @event);

    /// <summary>Null when the system has none to give.</summary>
    public static LinuxDatagramPoller? TryCreate()
    {
        var epoll = Libc.epoll_create1(Libc.EpollCloseOnExec);
        if (epoll < 0) return null;
        var poller = new LinuxDatagramPoller(epoll, Libc.eventfd(0, Libc.EfdNonBlock | Libc.EfdCloseOnExec));
        if (poller._event >= 0 && poller.Control(Libc.EpollAdd, poller._event, WakeNumber)) return poller;
        poller.Dispose();
        return null;
    }

    public bool TryAdd(IDatagramSocket socket, int number) => socket is LinuxDatagramSocket linux && Control(Libc.EpollAdd, linux.Descriptor, number);

    public void Remove(IDatagramSocket socket)
    {
        if (socket is LinuxDatagramSocket linux) _ = Control(Libc.EpollRemove, linux.Descriptor, 0);
    }

    public int Wait(Span<int> ready)
    {
        var events = stackalloc byte[BatchMax * Stride];
        var count = Libc.epoll_wait(_epoll, events, Math.Min(ready.Length, BatchMax), -1);
        var found = 0;
        for (var i = 0; i < count; i++)
        {
            var number = *(int*)(events + (i * Stride) + NumberAt);
            if (number != WakeNumber)
            {
                ready[found++] = number;
                continue;
            }

            ulong wakes;
            _ = Libc.read(_event, &wakes, sizeof(ulong));
        }

        return found;
    }

    public void Wake()
    {
        var one = 1UL;
        _ = Libc.write(_event, &one, sizeof(ulong));
    }

    public void Dispose()
    {
        _ = Libc.close(_epoll);
        if (_event >= 0) _ = Libc.close(_event);
    }

    private bool Control(int operation, int descriptor, int number)
    {
        var watched = stackalloc byte[Stride];
        new Span<byte>(watched, Stride).Clear();
        *(uint*)watched = Libc.EpollIn;
        *(int*)(watched + NumberAt) = number;
        return Libc.epoll_ctl(_epoll, operation, descriptor, watched) == 0;
    }
}
