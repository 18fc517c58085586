using System.Buffers;

namespace Nashi.Hypercore.Replication;

/// <summary>Memory for answers that wait to be checked. Large ones come in steps of 16 KiB: the shared pool would round a block of 64 KiB up to twice that, and keep few.</summary>
internal static class AnswerBuffers
{
    private const int Step = 16 * 1024;
    private const int LargestKept = 1 << 20;
    private const int MostKept = 16 << 20;

    private static readonly Lock Gate = new();
    private static readonly Stack<byte[]>[] Idle = [.. Enumerable.Range(0, (LargestKept / Step) + 1).Select(_ => new Stack<byte[]>())];
    private static int _kept;

    public static byte[] Rent(int length)
    {
        if (length is <= Step or > LargestKept) return ArrayPool<byte>.Shared.Rent(length);
        var steps = (length + Step - 1) / Step;
        lock (Gate)
        {
            if (Idle[steps].TryPop(out var buffer))
            {
                _kept -= buffer.Length;
                return buffer;
            }
        }

        return GC.AllocateUninitializedArray<byte>(steps * Step);
    }

    public static void Return(byte[] buffer)
    {
        if (buffer.Length is <= Step or > LargestKept)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            return;
        }

        lock (Gate)
        {
            if (buffer.Length % Step != 0 || _kept + buffer.Length > MostKept) return;
            _kept += buffer.Length;
            Idle[buffer.Length / Step].Push(buffer);
        }
    }
}
