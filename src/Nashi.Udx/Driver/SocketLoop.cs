using Nashi.Datagrams;

namespace Nashi.Udx.Driver;

/// <summary>A thread that receives from many sockets, none of which has streams.</summary>
/// <remarks>
/// Thread-safe. There are a few of them, which live as long as the process. A socket that gets streams leaves for a thread of its own: it has deadlines
/// then, and traffic worth one. Sockets come and go on the loop's thread, so that never two threads receive from one.
/// </remarks>
internal sealed class SocketLoop
{
    private const int LoopsMax = 4;

    private static readonly Lock AllGate = new();
    private static SocketLoop?[]? s_all;
    private static int s_next;

    private readonly IDatagramPoller _poller;
    private readonly Dictionary<int, UdxSocket> _members = [];
    private readonly Lock _gate = new();
    private Queue<UdxSocket> _leaving = new();
    private int _lastNumber;

    private SocketLoop(IDatagramPoller poller, int index)
    {
        _poller = poller;
        new Thread(Run) { IsBackground = true, Name = $"udx loop {index}" }.Start();
    }

    /// <summary>One of the loops; null where the system cannot wait for many sockets.</summary>
    public static SocketLoop? Next()
    {
        lock (AllGate)
        {
            s_all ??= new SocketLoop?[Math.Clamp(Environment.ProcessorCount, 1, LoopsMax)];
            var index = s_next++ % s_all.Length;
            return s_all[index] ??= DatagramSockets.TryCreatePoller() is { } poller ? new SocketLoop(poller, index) : null;
        }
    }

    /// <summary>Receives from a socket from now on.</summary>
    /// <returns>False when the socket is of a kind that needs its own thread.</returns>
    public bool TryJoin(UdxSocket socket)
    {
        lock (_gate)
        {
            var number = _lastNumber = _lastNumber == int.MaxValue ? 1 : _lastNumber + 1;
            if (!_members.TryAdd(number, socket)) return false;
            socket.LoopNumber = number;
            if (_poller.TryAdd(socket.Datagrams, number)) return true;
            _members.Remove(number);
            return false;
        }
    }

    /// <summary>Receives from a socket no more; it is told on the loop's thread, the first time of several.</summary>
    public void Leave(UdxSocket socket)
    {
        lock (_gate) _leaving.Enqueue(socket);
        _poller.Wake();
    }

    private void Run()
    {
        var ready = new int[64];
        var leaving = new Queue<UdxSocket>();
        while (true)
        {
            var count = _poller.Wait(ready);
            for (var i = 0; i < count; i++) Find(ready[i])?.ReceiveOnce();
            lock (_gate) (_leaving, leaving) = (leaving, _leaving);
            while (leaving.TryDequeue(out var socket)) Release(socket);
        }
    }

    private UdxSocket? Find(int number)
    {
        lock (_gate) return _members.GetValueOrDefault(number);
    }

    private void Release(UdxSocket socket)
    {
        bool wasHere;
        lock (_gate)
        {
            wasHere = _members.Remove(socket.LoopNumber);
            if (wasHere) _poller.Remove(socket.Datagrams);
        }

        if (wasHere) socket.HandleLeft();
        else socket.Datagrams.Wake(); // It had left when it was told to: its own thread is meant.
    }
}
