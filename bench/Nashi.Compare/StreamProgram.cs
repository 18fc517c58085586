using System.Diagnostics;
using Nashi.SecretStream;
using Nashi.Udx;

namespace Nashi.Compare;

/// <summary>Bytes over a raw UDX stream, or over a secret stream on it.</summary>
internal static class StreamProgram
{
    private const int ChunkSize = 65536;

    public static async Task<int> RunAsync(Options options)
    {
        var raw = RawUdx.Connect(options);
        var isSecret = options.Text("kind") == "secret";
        if (options.IsServer) Say.Ready();
        var secret = isSecret ? await SecretStream.SecretStream.OpenAsync(raw, !options.IsServer, new SecretStreamOptions { HandshakeTimeout = TimeSpan.FromMinutes(1) }) : null;
        var bytes = options.Number("bytes");
        if (options.IsServer)
        {
            var cpu = Say.ProcessorTime();
            var took = secret is null ? await ReceiveAsync(raw, bytes) : await ReceiveAsync(secret, bytes);
            Say.Figures(("mb_s", bytes / 1e6 / took.TotalSeconds), ("cpu_s", (Say.ProcessorTime() - cpu).TotalSeconds));
            await Task.Delay(Timeout.Infinite);
        }
        else
        {
            var cpu = Say.ProcessorTime();
            await (secret is null ? SendAsync(raw, bytes) : SendAsync(secret, bytes));
            Say.Figures(("cpu_s", (Say.ProcessorTime() - cpu).TotalSeconds));
        }

        return 0;
    }

    private static async Task<TimeSpan> ReceiveAsync(UdxStream raw, long bytes)
    {
        var buffer = new byte[256 * 1024];
        long first = 0;
        for (long got = 0; got < bytes;)
        {
            var count = await raw.ReadAsync(buffer);
            if (count == 0) throw new EndOfStreamException();
            if (got == 0) first = Stopwatch.GetTimestamp();
            got += count;
        }

        return Stopwatch.GetElapsedTime(first);
    }

    private static async Task<TimeSpan> ReceiveAsync(SecretStream.SecretStream stream, long bytes)
    {
        long first = 0;
        for (long got = 0; got < bytes;)
        {
            var read = await stream.ReadAsync();
            if (read.IsCompleted) throw new EndOfStreamException();
            if (got == 0) first = Stopwatch.GetTimestamp();
            got += read.Message.Length;
        }

        return Stopwatch.GetElapsedTime(first);
    }

    private static async Task SendAsync(UdxStream raw, long bytes)
    {
        var chunk = Chunk();
        for (var left = bytes; left > 0; left -= ChunkSize) await raw.WriteAsync(chunk.AsMemory(0, (int)Math.Min(left, ChunkSize)));
        await raw.ShutdownAsync();
    }

    private static async Task SendAsync(SecretStream.SecretStream stream, long bytes)
    {
        var chunk = Chunk();
        for (var left = bytes; left > 0; left -= ChunkSize) await stream.WriteAsync(chunk.AsMemory(0, (int)Math.Min(left, ChunkSize)));
        await stream.EndAsync();
    }

    private static byte[] Chunk()
    {
        var chunk = new byte[ChunkSize];
        chunk.AsSpan().Fill(7);
        return chunk;
    }
}
