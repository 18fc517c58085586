using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Nashi.Datagrams;
using Nashi.Dht.Rpc;

namespace Nashi.Abuse.Flooding;

/// <summary>Somebody who pings the victim twenty times a second, once each, and counts what comes back.</summary>
internal sealed class HonestPinger(IPAddress from, UdpAddress victim) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly CancellationTokenSource _closing = new();
    private readonly long[] _sentAt = new long[65536];
    private readonly List<double> _milliseconds = [];
    private Task _running = Task.CompletedTask;
    private int _sent;

    public int Sent => Math.Max(0, _sent - (int)(Patience / Interval));

    public int Answered
    {
        get
        {
            lock (_milliseconds) return Math.Min(_milliseconds.Count, Sent);
        }
    }

    public void Start()
    {
        _socket.Bind(new IPEndPoint(from, 0));
        _running = Task.WhenAll(Task.Run(SendAsync), Task.Run(ReceiveAsync));
    }

    /// <summary>A quantile of the round trips, in milliseconds.</summary>
    public double Quantile(double share)
    {
        lock (_milliseconds) return _milliseconds.Count == 0 ? double.NaN : _milliseconds.Order().ElementAt((int)(share * (_milliseconds.Count - 1)));
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _running;
        _socket.Dispose();
        _closing.Dispose();
    }

    private async Task SendAsync()
    {
        var to = victim.ToEndPoint();
        using var timer = new PeriodicTimer(Interval);
        while (!_closing.IsCancellationRequested)
        {
            var id = (ushort)Interlocked.Increment(ref _sent);
            Volatile.Write(ref _sentAt[id], Stopwatch.GetTimestamp());
            await _socket.SendToAsync(new RpcRequest(id, victim, null, null, true, InternalCommand.Ping, null, null).Encode(), to);
            try
            {
                await timer.WaitForNextTickAsync(_closing.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[2048];
        try
        {
            while (true)
            {
                var length = await _socket.ReceiveAsync(buffer, _closing.Token);
                if (!RpcResponse.TryDecode(buffer.AsSpan(0, length), out var response)) continue;
                var took = Stopwatch.GetElapsedTime(Volatile.Read(ref _sentAt[response.TransactionId]));
                if (took > Patience) continue;
                lock (_milliseconds) _milliseconds.Add(took.TotalMilliseconds);
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }
}
